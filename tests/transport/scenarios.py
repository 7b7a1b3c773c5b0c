"""Calls to a well-behaved echo service, each a sentence: the same for every transport and server.

Called by test_agreement.py (grpcio's server), tests/interop/echo (grpc-go's).
Never     knows which of them it talks to.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing, suppress

import pytest

from bff.terms.codes import Code
from bff.terms.context import Metadata
from bff.terms.deadline import Deadline
from bff.terms.errors import BadInput, ServiceSaid
from bff.transport.transport import Transport
from tests.transport.both import AMPLE_S, LIMIT_BYTES, SLACK_S, ask, given, outcome, streamed

Scenario = Callable[[Transport], Awaitable[None]]
SAY, DOWN, UP, BOTH, BEGIN, CANCEL, REMAINING = (
    f"/echo.Echo/{it}" for it in "Say Down Up Both Begin Cancel Remaining".split()
)
TOO_LARGE = "silent upstream-response-too-large"
LATE = "silent upstream-timeout"


async def a_message_comes_back(transport: Transport) -> None:
    assert b"hello" == await ask(transport, b"hello", path=SAY)


async def an_empty_message_comes_back(transport: Transport) -> None:
    assert b"" == await ask(transport, b"", path=SAY)


async def any_bytes_come_back(transport: Transport) -> None:
    body = bytes(range(256)) * 300
    assert body == await ask(transport, body, path=SAY)


async def a_megabyte_goes_there(transport: Transport) -> None:
    told = (("say-size", "3"),)
    assert b"zzz" == await ask(transport, bytes(1_000_000), path=SAY, metadata=told)


async def a_reply_at_the_limit_is_taken(transport: Transport) -> None:
    told = (("say-size", str(LIMIT_BYTES)),)
    assert LIMIT_BYTES == len(await ask(transport, path=SAY, metadata=told))


async def a_reply_over_the_limit_is_not(transport: Transport) -> None:
    for size in (LIMIT_BYTES + 1, 10 * LIMIT_BYTES):
        told = (("say-size", str(size)),)
        assert TOO_LARGE == await outcome(ask(transport, path=SAY, metadata=told))
    assert b"next" == await ask(transport, b"next", path=SAY)


async def a_gzipped_reply_is_read(transport: Transport) -> None:
    told = (("say-gzip", "1"), ("say-size", "50000"))
    assert b"z" * 50_000 == await ask(transport, path=SAY, metadata=told)


async def a_gzipped_reply_over_the_limit_is_not(transport: Transport) -> None:
    told = (("say-gzip", "1"), ("say-size", str(50 * LIMIT_BYTES)))
    assert TOO_LARGE == await outcome(ask(transport, path=SAY, metadata=told))


async def metadata_go_there_and_back(transport: Transport) -> None:
    """Text and bytes, several of one name in their order, initial before trailing."""
    sent: Metadata = (
        ("x-text", "a b, c=%d"),
        ("x-many", "1"),
        ("x-many", "2"),
        ("x-raw-bin", bytes(range(256))),
        ("x-raw-bin", b""),
        ("y-text", "later"),
        ("y-raw-bin", b"\0\xff"),
    )
    heard: list[tuple[str, str | bytes]] = []
    await ask(transport, path=SAY, metadata=sent, hear=heard.extend)
    assert sorted(sent) == sorted(pair for pair in heard if pair[0][:2] in ("x-", "y-"))
    assert ["1", "2"] == [value for name, value in heard if name == "x-many"]


async def a_stream_hears_its_metadata_first_and_last(transport: Transport) -> None:
    heard: list[Metadata] = []
    told = (("x-a", "1"), ("y-b", "2"), ("say-count", "2"))
    assert "0 1, then OK" == await streamed(transport, path=DOWN, metadata=told, hear=heard.append)
    assert [True, True] == [("x-a", "1") in heard[0], ("y-b", "2") in heard[-1]]


async def every_status_is_the_services_own(transport: Transport) -> None:
    """But for the two that mean that nobody answered."""
    for code in Code:
        if code in (Code.OK, Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED):
            continue
        told = (("say-status", str(int(code))),)
        expected = f"said {code.name.lower().replace('_', '-')}"
        assert expected == await outcome(ask(transport, path=SAY, metadata=told))
        assert f", then {expected}" == await streamed(transport, path=SAY, metadata=told)


async def a_status_of_no_answer_is_silence(transport: Transport) -> None:
    for code, expected in ((14, "silent upstream-unavailable"), (4, LATE)):
        told = (("say-status", str(code)),)
        assert expected == await outcome(ask(transport, path=SAY, metadata=told))


async def a_status_keeps_its_words_and_details(transport: Transport) -> None:
    """Percent-encoded on the wire: spaces, line ends, other alphabets, a percent sign."""
    text = "no böok 100% \r\n\t日本 %41 ~"
    told = (
        ("say-status", "5"),
        ("say-message-bin", text.encode()),
        ("say-details-bin", b"\x08\x05\x12\x01x"),
        ("y-why", "gone"),
    )
    with pytest.raises(ServiceSaid) as caught:
        await ask(transport, path=SAY, metadata=told)
    assert (text, b"\x08\x05\x12\x01x") == (caught.value.detail, caught.value.status)
    assert ("y-why", "gone") in caught.value.trailers
    assert "echo.Echo/Say" == caught.value.source


async def an_unknown_method_is_unimplemented(transport: Transport) -> None:
    assert "said unimplemented" == await outcome(ask(transport, path="/echo.Echo/Sing"))


async def messages_stream_down(transport: Transport) -> None:
    told = (("say-count", "300"),)
    whole = " ".join(str(number) for number in range(300))
    assert f"{whole}, then OK" == await streamed(transport, path=DOWN, metadata=told)


async def no_message_is_a_good_stream(transport: Transport) -> None:
    assert ", then OK" == await streamed(transport, path=DOWN, metadata=(("say-count", "0"),))


async def a_stream_that_fails_keeps_what_came_before(transport: Transport) -> None:
    told = (("say-count", "3"), ("say-status", "9"))
    came = await streamed(transport, path=DOWN, metadata=told)
    assert "0 1 2, then said failed-precondition" == came


async def a_gzipped_stream_is_read(transport: Transport) -> None:
    told = (("say-count", "3"), ("say-gzip", "1"))
    assert "0 1 2, then OK" == await streamed(transport, path=DOWN, metadata=told)


async def messages_stream_up(transport: Transport) -> None:
    requests = [b"%d" % number for number in range(300)]
    assert f"{b'+'.join(requests).decode()}, then OK" == await streamed(
        transport, requests, path=UP
    )


async def nothing_streams_up(transport: Transport) -> None:
    assert ", then OK" == await streamed(transport, [], path=UP)


async def a_dialogue_takes_turns(transport: Transport) -> None:
    """Each request is sent only when the reply before it was read."""
    turn = asyncio.Queue[bytes]()
    turn.put_nowait(b"0")

    async def requests():
        for _ in range(20):
            yield await turn.get()

    replies = transport.stream(BOTH, requests(), metadata=(), deadline=Deadline.after(AMPLE_S))
    came = []
    async with asyncio.timeout(AMPLE_S + SLACK_S), aclosing(replies):
        async for reply in replies:
            came.append(int(reply))
            turn.put_nowait(b"%d" % (came[-1] + 1))
    assert list(range(20)) == came


async def a_service_that_ends_an_upload_early_is_heard(transport: Transport) -> None:
    """200 tries, for the status and our next write race: always the status, never the write."""
    told = (("say-early", "2"), ("say-status", "9"), ("say-message-bin", b"enough"))

    async def one() -> str:
        requests = (bytes(100) for _ in range(50))
        return await streamed(transport, requests, path=UP, metadata=told)

    came = [await one() for _ in range(200)]
    assert {", then said failed-precondition"} == set(came)


async def a_service_that_has_heard_enough_says_ok(transport: Transport) -> None:
    requests = (b"%d" % number for number in range(1_000))
    came = await streamed(transport, requests, path=UP, metadata=(("say-early", "3"),))
    assert "0+1+2, then OK" == came


async def requests_that_fail_cancel_the_call(transport: Transport) -> None:
    """ST8: what they failed with is what the caller sees."""

    async def requests():
        yield b"one"
        raise BadInput("no")

    told = (("say-freeze", "failing requests"),)
    replies = transport.stream(BOTH, requests(), metadata=told, deadline=Deadline.after(AMPLE_S))
    with pytest.raises(BadInput):
        async for _ in replies:
            pass


async def a_late_service_ends_at_the_deadline(transport: Transport) -> None:
    """Never before it; and the service is told to stop."""
    told = (("say-freeze", "late"),)
    before = Deadline.after(0.2)
    assert LATE == await outcome(ask(transport, path=SAY, metadata=told, seconds=0.2))
    assert 0.0 == Deadline(before.at_s - 0.01).remaining_s()
    assert b"yes" == await ask(transport, b"late", path=CANCEL)


async def a_late_stream_ends_at_the_deadline(transport: Transport) -> None:
    told = (("say-freeze", "late stream"), ("say-count", "2"))
    came = await streamed(transport, path=DOWN, metadata=told, seconds=0.3)
    assert f"0 1, then {LATE}" == came
    assert b"yes" == await ask(transport, b"late stream", path=CANCEL)


async def the_service_knows_the_deadline(transport: Transport) -> None:
    remaining_ms = int(await ask(transport, path=REMAINING, seconds=10.0))
    # grpcio rounds what it tells its service up, by as much as a twentieth
    assert 10_000 - 1_000 * SLACK_S < remaining_ms <= 10_500


async def cancelling_the_caller_reaches_the_service(transport: Transport) -> None:
    told = (("say-freeze", "unary"),)
    call = asyncio.create_task(ask(transport, path=SAY, metadata=told))
    assert b"yes" == await ask(transport, b"unary", path=BEGIN)
    call.cancel()
    with suppress(asyncio.CancelledError):
        await call
    assert b"yes" == await ask(transport, b"unary", path=CANCEL)


async def leaving_a_stream_reaches_the_service(transport: Transport) -> None:
    told = (("say-freeze", "left"), ("say-count", "1"))
    replies = transport.stream(
        DOWN, given([b"go"]), metadata=told, deadline=Deadline.after(AMPLE_S)
    )
    assert b"0" == await anext(replies)
    await replies.aclose()
    assert b"yes" == await ask(transport, b"left", path=CANCEL)


async def cancelling_a_streams_reader_reaches_the_service(transport: Transport) -> None:
    told = (("say-freeze", "reader"), ("say-count", "1"))
    begun = asyncio.Event()

    async def read() -> None:
        replies = transport.stream(
            DOWN, given([b"go"]), metadata=told, deadline=Deadline.after(AMPLE_S)
        )
        async with aclosing(replies):
            async for _ in replies:
                begun.set()

    reader = asyncio.create_task(read())
    await begun.wait()
    reader.cancel()
    with suppress(asyncio.CancelledError):
        await reader
    assert b"yes" == await ask(transport, b"reader", path=CANCEL)


async def a_thousand_calls_at_once_are_all_answered(transport: Transport) -> None:
    """More than a server's usual 100 streams."""
    bodies = [b"%d" % number for number in range(1_000)]
    assert bodies == await asyncio.gather(*(ask(transport, it, path=SAY) for it in bodies))


def scenarios() -> Iterable[Scenario]:
    """All of the above, in their order."""
    made_here = (it for it in globals().values() if getattr(it, "__module__", "") == __name__)
    return [it for it in made_here if asyncio.iscoroutinefunction(it)]
