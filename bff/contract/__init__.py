"""What the protos promise, read once at boot: catalog, paths, binding, codec, schema, status.

Why       Every other room works from this map; nobody else reads a descriptor.
Called by calls, transport, compose, guard, edge, publish, app.
Never     waits, opens a socket or reads a clock: pure functions of the contract and of bytes.
"""
