"""gRPC over HTTP/2 on asyncio, with no thread, task or copy that a call does not need.

From the outside in: `transport` (the Transport protocol) starts calls in a `pool` of connections
to one target; `dial` opens a `connection`, whose `inbound` reads frames and whose `outbound` writes
them; each call is a `stream`: an `exchange` (unary) or a `dialogue` (any number of messages).
Everything else is pure: `frames`, `hpack`, `request_head`, `reply_head`, `status`, `message`,
`peer_settings`, `budget`, `keepalive`, `backoff`, `address`.
"""
