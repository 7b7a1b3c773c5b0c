"""Figures as Markdown tables. Pure: text out of numbers.

Called by report.py.
Never     rounds a ratio up to a promise that was missed.
"""

from collections.abc import Iterable, Mapping, Sequence

from bench.cases import BY_HAND, BY_NAME, HOME
from bench.figures import Figures, cpu_ratio, ratio
from bench.targets import (
    CONNECTIONS,
    LATE_US,
    RSS_MB,
    STARTUP_RPCS,
    STARTUP_S,
    TARGETS,
    VIEW_CPU,
    Target,
)
from bench.whole import Growth, Results

NOT_HERE = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and all others are numbers.

    >>> print(table(["a", "b"], [["x", "1"]]))
    | a | b |
    |---|---:|
    | x | 1 |
    """
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    marks = ("| {} |", "|{}|", *["| {} |"] * (len(lines) - 2))
    joints = (" | ", "|", *[" | "] * (len(lines) - 2))
    texts = zip(marks, joints, lines, strict=True)
    return "\n".join(mark.format(joint.join(line)) for mark, joint, line in texts)


def rate(per_s: float) -> str:
    """Requests a second.

    >>> rate(12345.6), rate(987.4)
    ('12.3k', '987')
    """
    return f"{per_s / 1000:.1f}k" if per_s >= 1000 else f"{per_s:.0f}"


def times(found: float | None) -> str:
    """A ratio, cut and not rounded: 5.97 is no "6.0x".

    >>> times(5.97), times(None), times(66.7)
    ('5.9x', '–', '66x')
    """
    if found is None:
        return NOT_HERE
    return f"{int(found)}x" if found >= 20 else f"{int(found * 10) / 10:.1f}x"


def promises(figures: Figures) -> str:
    """What was promised beside what was measured."""
    rows = (_promise(one, figures) for one in TARGETS)
    return table(["case", "ours", "against", "promised", "measured", ""], rows)


def _promise(one: Target, figures: Figures) -> list[str]:
    found = ratio(figures, (one.ours, one.case, CONNECTIONS), to=one.peer)
    promised = f">= {one.least:g}x" if one.least else "to be told"
    verdict = "" if found is None or one.least is None else _verdict(found >= one.least)
    ours = one.ours.removeprefix("ours, ")
    return [BY_NAME[one.case].title, ours, one.peer, promised, times(found), verdict]


def _verdict(kept: bool) -> str:
    return "kept" if kept else "missed"


def bounds(results: Results, leading: str) -> str:
    """The promises that are no ratios."""
    late_us = results.late_us.get(leading)
    rss = [one.rss_mb for key, one in results.figures.items() if key[0] == leading]
    boot = [one.startup_s for one in results.growth if one.rpcs == STARTUP_RPCS]
    view = cpu_ratio(results.figures, leading, HOME.name, to=BY_HAND.name)
    largest = max(results.growth, key=lambda one: one.rpcs, default=None)
    rows = [
        _bound("CPU of a view against the same screen by hand", view, VIEW_CPU, "x"),
        _bound("latency added to the slowest of three services, c=1", late_us, LATE_US, "us"),
        _bound("resident memory of a worker, after load", max(rss, default=None), RSS_MB, "MB"),
        _bound(f"start to first 200, {STARTUP_RPCS} rpcs", max(boot, default=None), STARTUP_S, "s"),
    ]
    if largest:
        served = "kept" if largest.figure.errors == 0 else "missed"
        told = f"in {largest.startup_s:.1f} s"
        rows.append([f"{largest.rpcs} rpcs boot and serve", "", told, served])
    return table(["promise", "at most", "measured", ""], rows)


def _bound(title: str, found: float | None, most: float, unit: str) -> list[str]:
    if found is None:
        return [title, f"{most:g} {unit}", NOT_HERE, ""]
    shown = f"{found:.0f}" if unit == "us" else f"{found:.2f}" if unit == "s" else f"{found:.1f}"
    return [title, f"{most:g} {unit}", f"{shown} {unit}", _verdict(found <= most)]


def case_table(figures: Figures, case: str, connections: int, *, base: str) -> str:
    """Every server under one case; `base` is the one that ratios are against."""
    keys = [key for key in figures if key[1:] == (case, connections)]
    head = ["server", "req/s", f"x {base}", "p50 us", "p99 us", "CPU us", "RSS MB", "spread"]
    rows = (
        [
            key[0],
            rate(figures[key].per_s),
            times(ratio(figures, key, to=base)),
            f"{figures[key].p50_us:.0f}",
            f"{figures[key].p99_us:.0f}",
            f"{figures[key].cpu_us:.1f}",
            f"{figures[key].rss_mb:.0f}",
            _spread(figures[key].spread, figures[key].errors),
        ]
        for key in keys
    )
    return table(head, rows)


def _spread(spread: float, errors: int) -> str:
    return f"{spread:.0%}" + (f", {errors} errors" if errors else "")


def case_tables(figures: Figures, *, base: str) -> str:
    """All cases, one section each, in the order in which they ran."""
    asked = dict.fromkeys(key[1:] for key in figures)
    return "\n\n".join(
        f"### {_title(case)}, c={connections}\n\n"
        + case_table(figures, case, connections, base=base)
        for case, connections in asked
    )


def _title(case: str) -> str:
    title = BY_NAME[case].title
    return title[0].upper() + title[1:]


def startup_table(startup_s: Mapping[str, float], figures: Figures) -> str:
    """Start-up and memory of every server."""
    rows = []
    for server, took_s in startup_s.items():
        rss = [one.rss_mb for key, one in figures.items() if key[0] == server]
        shown = f"{max(rss):.0f}" if rss else NOT_HERE
        rows.append([server, f"{took_s:.2f}", shown])
    return table(["server", "start to first 200, s", "RSS after load, MB"], rows)


def late_table(late_us: Mapping[str, float]) -> str:
    """What each server adds to slow services."""
    return table(
        ["server", "added at p50, us"], ([name, f"{us:.0f}"] for name, us in late_us.items())
    )


def growth_table(growth: Sequence[Growth]) -> str:
    """Our server with larger contracts; CPU for one request against the smallest one."""
    if not growth:
        return "Not part of this run."
    first = growth[0].figure.cpu_us
    head = ["rpcs", "services", "addresses", "start, s", "RSS MB", "req/s", "CPU us", "x"]
    rows = (
        [
            str(one.rpcs),
            str(one.services),
            str(one.addresses),
            f"{one.startup_s:.2f}",
            f"{one.figure.rss_mb:.0f}",
            rate(one.figure.per_s),
            f"{one.figure.cpu_us:.1f}",
            f"{one.figure.cpu_us / first:.2f}",
        ]
        for one in growth
    )
    return table(head, rows)
