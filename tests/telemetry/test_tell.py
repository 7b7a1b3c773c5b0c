"""A failing listener breaks nothing, and is not silent either."""

import pytest

from bff.telemetry.tell import tell
from bff.terms.events import Event, Lifecycle

READY = Lifecycle(state="ready")


def broken(event: Event) -> None:
    raise RuntimeError("secret inside")


def test_every_listener_hears_the_same_event_in_order() -> None:
    heard: list[tuple[str, Event]] = []
    emit = tell(lambda event: heard.append(("a", event)), lambda event: heard.append(("b", event)))
    emit(READY)
    assert [("a", READY), ("b", READY)] == heard


def test_a_failing_listener_silences_nobody_else() -> None:
    heard: list[Event] = []
    lines: list[str] = []
    tell(broken, heard.append, complain=lines.append)(READY)
    assert [READY] == heard


def test_each_failing_listener_is_complained_about_once() -> None:
    lines: list[str] = []
    emit = tell(broken, broken, complain=lines.append)
    emit(READY)
    emit(READY)
    said = [(line.startswith("telemetry: "), "secret" in line) for line in lines]
    assert [(True, False), (True, False)] == said


def test_a_complaint_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    tell(broken)(READY)
    assert capsys.readouterr().err.endswith("fails: RuntimeError\n")


def test_a_closed_stderr_breaks_nothing_either() -> None:
    def closed(line: str) -> None:
        raise BrokenPipeError

    tell(broken, complain=closed)(READY)


def test_a_cancellation_is_not_swallowed() -> None:
    """Ctrl-C while a listener works must still end the process."""

    def interrupted(event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tell(interrupted)(READY)


def test_nobody_listening_is_fine() -> None:
    tell()(READY)
