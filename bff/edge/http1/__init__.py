"""One HTTP/1.1 connection: strict framing, deadlines, caps, and the short way through."""
