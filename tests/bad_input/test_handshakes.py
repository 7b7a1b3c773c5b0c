"""WebSockets where no rpc streams: uvicorn's protocol for them is imported late, and refuses."""

import pytest

from tests.bad_input.echo import Echo
from tests.bad_input.raw import get

pytestmark = pytest.mark.asyncio(loop_scope="module")
HANDSHAKE = get(
    "/v1/query?text=a",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
).replace(b"Connection: close\r\n", b"")


async def test_who_wants_to_converse_where_nobody_does_is_refused_and_no_service_is_asked(
    echo: Echo,
) -> None:
    for _ in range(2):  # the first one imports
        reader, writer = await echo.door.open()
        writer.write(HANDSHAKE)
        assert b"HTTP/1.1 403 Forbidden\r\n" == await reader.readline()
        writer.transport.abort()
    assert [] == echo.heard
