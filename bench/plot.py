"""Figures as one SVG: a panel a case, a bar a server, longer is better.

Called by report.py.
Never     needs a library: bars are rectangles.
"""

from collections.abc import Iterator, Sequence
from html import escape

from bench.cases import BY_NAME
from bench.figures import Figures, ratio
from bench.tables import rate, times

WIDTH, BAR, GAP, TITLE, MARGIN = 760, 18, 6, 30, 16
NAMES, NUMBERS = 150, 150
OURS, PEER = "#1b6ca8", "#9aa5b1"


def svg(figures: Figures, cases: Sequence[str], *, connections: int, base: str) -> str:
    """The picture, for those of the cases that were measured."""
    parts: list[str] = []
    y = MARGIN
    for case in cases:
        panel = [key for key in figures if key[1:] == (case, connections)]
        if panel:
            parts.extend(_panel(figures, panel, y=y, base=base))
            y += TITLE + len(panel) * (BAR + GAP) + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}"'
        f' height="{y}" font-family="sans-serif" font-size="12" role="img">'
    )
    title = f"<title>Requests a second on one core, c={connections}; longer is better</title>"
    ground = f'<rect width="{WIDTH}" height="{y}" fill="#ffffff"/>'
    return "\n".join((head, title, ground, *parts, "</svg>", ""))


def _panel(
    figures: Figures, keys: Sequence[tuple[str, str, int]], *, y: int, base: str
) -> Iterator[str]:
    _, case, connections = keys[0]
    title = escape(f"{BY_NAME[case].title}, c={connections}")
    yield (
        f'<text x="{MARGIN}" y="{y + 14}" font-size="14" font-weight="bold"'
        f' fill="#222222">{title}</text>'
    )
    most = max(figures[key].per_s for key in keys) or 1.0
    room = WIDTH - NAMES - NUMBERS - 2 * MARGIN
    for index, key in enumerate(keys):
        top = y + TITLE + index * (BAR + GAP)
        length = max(1.0, room * figures[key].per_s / most)
        told = f"{rate(figures[key].per_s)}/s  {times(ratio(figures, key, to=base))}"
        colour = OURS if key[0].startswith("ours") else PEER
        yield _text(MARGIN + NAMES - 8, top, escape(key[0]), anchor="end")
        yield (
            f'<rect x="{MARGIN + NAMES}" y="{top}" width="{length:.1f}" height="{BAR}"'
            f' fill="{colour}"/>'
        )
        yield _text(MARGIN + NAMES + length + 6, top, escape(told), anchor="start")


def _text(x: float, top: int, text: str, *, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{top + 13}" text-anchor="{anchor}" fill="#222222">{text}</text>'
