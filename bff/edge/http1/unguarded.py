"""What `bff serve` protects by itself, and another ASGI server leaves to what stands in front.

Called by front.py, when a server starts it by the lifespan protocol, which ours does not
          speak; by serve, where uvicorn has no C parser.
Source    docs/serving.md "Facing the internet".
"""

LEFT_TO_THE_FRONT = (
    "time limits for heads, bodies, slow readers and idle connections",
    "size limits for request lines and headers",
    "connections of one address, and of all",
    "one Host, one length, no smuggled second request",
    "the hosts that are answered to",
    "refusals while memory is short, and an orderly end of connections",
)


def unguarded() -> str:
    """One line for an operator."""
    left = "; ".join(LEFT_TO_THE_FRONT)
    return f"this server does not guard its connections: leave to a proxy in front: {left}"
