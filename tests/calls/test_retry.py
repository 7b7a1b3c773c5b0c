"""Which failures are tried again, and after how long."""

import pytest

from bff.calls.retry import RetryPolicy, may_repeat, pause_s
from bff.terms.codes import Code
from bff.terms.errors import Failure, Refused, ServiceSaid, ServiceSilent
from bff.terms.silence import LATE, TOO_LARGE, UNREACHABLE, UNREADABLE, silence
from bff.transport.ended import Ended, spoken


def begun() -> ServiceSilent:
    failure = silence(UNREACHABLE)
    failure.began = True
    return failure


@pytest.mark.parametrize(
    ("expected", "failure"),
    [
        (True, silence(UNREACHABLE)),
        (True, spoken(Ended(code=Code.UNAVAILABLE, message=""), source="a.B/C")),
        (False, begun()),
        (False, silence(LATE)),
        (False, silence(UNREADABLE)),
        (False, silence(TOO_LARGE)),
        (False, Refused("no")),
        *(
            (False, ServiceSaid("", code=code, source="a.B/C"))
            for code in Code
            if code not in (Code.OK, Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED)
        ),
    ],
)
def test_only_silence_that_did_no_work_is_tried_again(expected: bool, failure: Failure):
    """Never INTERNAL: it repeats itself. Never what was answered in words, or half."""
    assert expected == may_repeat(failure)


def waited(
    *,
    tries: int = 1,
    left_s: float = 1.0,
    chance: float = 0.5,
    pushback: str | None = None,
    elsewhere: bool = False,
) -> float | None:
    trailers = () if pushback is None else (("grpc-retry-pushback-ms", pushback),)
    ended = Ended(code=Code.UNAVAILABLE, message="", trailers=trailers)
    failure = spoken(ended, source="a.B/C")
    return pause_s(
        failure, RetryPolicy(), tries=tries, left_s=left_s, chance=chance, elsewhere=elsewhere
    )


@pytest.mark.parametrize(
    ("expected", "given"),
    [
        (0.025, {}),
        (0.0125, {"chance": 0.0}),
        (0.0375, {"chance": 1.0}),
        (0.05, {"tries": 2}),
        (None, {"tries": 3}),
        (None, {"left_s": 0.025}),
        (0.0, {"elsewhere": True}),
        (0.025, {"elsewhere": True, "tries": 2}),
        (0.2, {"pushback": "200"}),
        (0.2, {"pushback": "200", "elsewhere": True}),
        (0.0, {"pushback": "0"}),
        (None, {"pushback": "-1"}),
        (None, {"pushback": "soon"}),
        (None, {"pushback": ""}),
        (None, {"pushback": "1000"}),
        (None, {"pushback": "9" * 40}),
    ],
)
def test_a_pause_is_drawn_by_chance_and_the_services_own_wish_comes_first(expected, given):
    """Within the deadline, or not at all; a wish that is negative or no number means no."""
    assert pytest.approx(expected) == waited(**given)
