"""Bytes to a service and back. The only room that knows gRPC's own types.

Two ways to carry a call stand behind the small `Transport` protocol in `transport.py`: `http2`,
our own, with a `balancer` before it where a target has several addresses, and `grpcio`.
"""
