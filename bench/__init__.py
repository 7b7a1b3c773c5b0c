"""The same work through every gateway, in one run: what a request costs here, and elsewhere.

Called by `make bench` and `make bench-quick` (python -m bench).
Never     imported by the product; never asserts a figure: a busy machine is no bug.
Source    docs/spec/performance.md.
"""
