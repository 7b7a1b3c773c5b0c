"""Bytes to a service and back. The only room that knows gRPC's own types.

Each file is one way to carry a call (`grpcio` for now) behind the small `Transport` protocol in
`transport.py`.
"""
