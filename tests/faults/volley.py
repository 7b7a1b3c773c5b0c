"""So many requests, a few at a time: for faults that are judged by answers, not by the clock.

Called by scenarios.
Never     repeats a request; uses a connection twice, so that none inherits another's fate.
"""

import asyncio
from collections.abc import Iterable, Iterator

from tests.faults.load import PATIENCE_S, Line
from tests.faults.oracle import Answer, Ask, Judge, judged
from tests.faults.tape import Shot, Tape

AT_ONCE = 10


async def volley(
    port: int,
    asks: Iterable[Ask],
    *,
    judge: Judge = judged,
    at_once: int = AT_ONCE,
    patience_s: float = PATIENCE_S,
) -> Tape:
    """What became of all of them."""
    waiting, tape = iter(asks), Tape()
    await asyncio.gather(*(_caller(port, waiting, tape, judge, patience_s) for _ in range(at_once)))
    return tape


async def answer_of(port: int, ask: Ask, *, patience_s: float = PATIENCE_S) -> Answer | None:
    """The answer, or None where there was none in time."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[Answer | None] = loop.create_future()

    def tell(answer: Answer | None) -> None:
        if not told.done():
            told.set_result(answer)

    try:
        _, line = await loop.create_connection(lambda: Line(lambda _: None), "127.0.0.1", port)
    except OSError:
        return None
    line.ask(ask, tell)
    try:
        return await asyncio.wait_for(told, patience_s)
    except TimeoutError:
        return None
    finally:
        line.close()


async def _caller(
    port: int, waiting: Iterator[Ask], tape: Tape, judge: Judge, patience_s: float
) -> None:
    loop = asyncio.get_running_loop()
    for ask in waiting:
        began_s = loop.time()
        answer = await answer_of(port, ask, patience_s=patience_s)
        outcome, why, replica = judge(ask, answer)
        took_s = loop.time() - began_s
        tape.shots.append(Shot(began_s, took_s, outcome, why, ask.kind, replica))
