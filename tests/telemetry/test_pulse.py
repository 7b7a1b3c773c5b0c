"""Whether a process is well, from how late it is and how full."""

import gc
import weakref
from pathlib import Path

import pytest

from bff.telemetry.memory import give_back, limited_memory
from bff.telemetry.pulse import Pulse, PulseLimits, Strain, ailment_of, strain_of
from bff.terms.events import Event, Pressed

LIMITS = PulseLimits()


def after(*lags_s: float, memory: float = 0.0) -> Strain:
    """The strain after these beats, a second apart."""
    strain = Strain()
    for now_s, lag_s in enumerate(lags_s):
        strain = strain_of(strain, float(now_s), lag_s=lag_s, memory=memory, limits=LIMITS)
    return strain


@pytest.mark.parametrize(
    ("lags_s", "pressure"),
    [((0.0, 0.0), 0), ((0.0, 5.0), 0), ((5.0, 0.0), 0), ((0.2, 0.2), 1), ((0.2, 9.0), 1)],
)
def test_one_block_is_no_pressure_and_two_late_beats_are(lags_s, pressure):
    assert pressure == after(*lags_s).pressure


def test_f15_beats_that_stay_very_late_leave_only_what_is_critical():
    assert 2 == after(0.4, 0.5).pressure


@pytest.mark.parametrize(
    ("memory", "pressure", "refuses"), [(0.84, 0, False), (0.85, 1, False), (0.95, 1, True)]
)
def test_f16_memory_sheds_and_then_refuses(memory, pressure, refuses):
    found = after(0.0, memory=memory)
    assert (pressure, refuses) == (found.pressure, found.refuses)


@pytest.mark.parametrize(
    ("before", "now", "refuses"),
    [(0.70, 0.80, False), (0.70, 0.83, True), (0.90, 0.92, False), (0.93, 0.80, False)],
)
def test_f16_what_would_be_over_the_mark_at_the_next_beat_is_refused_now(before, now, refuses):
    """As much as came since the last one may come again."""
    strain = after(0.0, memory=before)
    found = strain_of(strain, 1.0, lag_s=0.0, memory=now, limits=LIMITS)
    assert refuses == found.refuses


def test_f25_after_a_second_s_block_no_traffic_should_come_for_a_while():
    blocked = after(1.1)
    assert ["too slow", "too slow", ""] == [
        ailment_of(blocked, now_s, LIMITS) for now_s in (0.0, 4.9, 5.0)
    ]


class Clock:
    """A loop of which only the clock is asked."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.due: list[object] = []

    def time(self) -> float:
        return self.now_s

    def call_at(self, when_s: float, beat: object, *given: object) -> None:
        self.due.append((when_s, beat, given))

    def beat(self, *, late_s: float) -> None:
        when_s, beat, given = self.due.pop()  # type: ignore[misc]
        self.now_s = when_s + late_s
        beat(*given)


def test_a_late_beat_is_told_and_the_worst_is_kept_for_the_scrape():
    told: list[Event] = []
    clock, pulse = Clock(), Pulse(memory=None, emit=told.append)
    pulse.start(clock)  # type: ignore[arg-type]
    for late_s in (0.0, 0.5, 0.01):
        clock.beat(late_s=late_s)
    assert [Pressed(lag_s=0.5, memory=0.0)] == told
    assert [0.5, 0.0] == [pulse.take_lag_s(), pulse.take_lag_s()]


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text)
    return root


def test_memory_is_what_the_kernel_could_not_give_back_at_once(tmp_path):
    write(
        tmp_path,
        memory__max="1000\n",
        memory__current="900\n",
        memory__stat="anon 1\ninactive_file 400\n",
    )
    memory = limited_memory(tmp_path)
    assert memory is not None
    assert (0.5, 1_000) == (memory.share(), memory.most_bytes)


@pytest.mark.parametrize("most", ["max\n", "9223372036854771712\n"])
def test_without_a_limit_nothing_is_measured(tmp_path, most):
    write(tmp_path, memory__max=most, memory__current="900\n")
    assert None is limited_memory(tmp_path)


@pytest.mark.parametrize("version", ["1", "2"])
def test_f16_the_tightest_group_that_we_are_in_is_the_limit(version, tmp_path):
    """A systemd unit, or a group somebody made, is below the root that a process sees."""
    root = tmp_path / "memory" if version == "1" else tmp_path
    own = tmp_path / "own"
    own.write_text(
        "3:cpu:/\n4:hugetlb,memory:/house/room\n" if version == "1" else "0::/house/room\n"
    )
    limit, used = (
        ("memory.limit_in_bytes", "memory.usage_in_bytes")
        if version == "1"
        else ("memory.max", "memory.current")
    )
    for folder, most_bytes in (("house", "400"), ("house/room", "1000")):
        (root / folder).mkdir(parents=True)
        (root / folder / limit).write_text(most_bytes)
        (root / folder / used).write_text("100")
    memory = limited_memory(tmp_path, own)
    assert memory is not None
    assert 0.25 == memory.share()


def test_f16_what_nobody_refers_to_any_more_is_given_back():
    """A process that refused everybody would otherwise wait for the collector's turn."""

    class Kept:
        def __init__(self) -> None:
            self.itself = self

    gc.disable()
    try:
        left = weakref.ref(Kept())
        assert left() is not None
        give_back()
        assert left() is None
    finally:
        gc.enable()
