"""A picture as one SVG file: columns of boxes, curves between them, readable in light and dark.

Called by forms.py.
Never     needs a library, a font or a script: boxes are rectangles.
Source    SVG 2 "title and desc"; Media Queries 5 "prefers-color-scheme".
"""

from collections.abc import Iterator
from html import escape
from itertools import accumulate

from bff.compose.view.explaining.drawing import Arrow, Box, Picture

MARGIN, GAP_X, GAP_Y, LINE, PADDING, HEAD = 20, 64, 16, 17, 12, 74
CHARACTER = 7.3
"""The width of a 12 px character, generously: nobody measures the reader's font."""
_STYLE = """<style>
  svg { background: #ffffff; color: #1f2933; font: 12px sans-serif; }
  text { fill: currentColor; }
  .title { font-size: 15px; font-weight: bold; }
  .name { font-weight: bold; }
  .quiet { opacity: 0.75; }
  rect { fill: #eef4fa; stroke: #1b6ca8; }
  .soft { stroke-dasharray: 5 4; }
  path { fill: none; stroke: #7b8794; }
  .slow { stroke: #c2410c; stroke-width: 2.5; }
  @media (prefers-color-scheme: dark) {
    svg { background: #14181d; color: #e4e7eb; }
    rect { fill: #1d2a36; stroke: #62b0e8; }
    path { stroke: #9aa5b1; }
    .slow { stroke: #fb923c; }
  }
</style>"""


def svg(picture: Picture) -> str:
    """A whole file."""
    places = _Places(picture)
    return "\n".join(
        (
            *_head(picture, places),
            *(_curve(one, places) for one in picture.arrows),
            *(part for at in range(len(picture.columns)) for part in _column(picture, places, at)),
            "</svg>",
        )
    )


class _Places:
    """Where columns and boxes stand, in pixels."""

    def __init__(self, picture: Picture) -> None:
        self.widths = [max(map(_width, boxes)) for boxes in picture.columns]
        self.lefts = [MARGIN + sum(self.widths[:at]) + at * GAP_X for at in range(len(self.widths))]
        self.tops = [
            list(accumulate((_height(box) + GAP_Y for box in boxes), initial=HEAD))
            for boxes in picture.columns
        ]
        self.middles = [
            [top + _height(box) // 2 for top, box in zip(tops, boxes, strict=False)]
            for tops, boxes in zip(self.tops, picture.columns, strict=True)
        ]
        title = round(max(len(picture.title) * 1.3, len(picture.about)) * CHARACTER)
        right = self.lefts[-1] + self.widths[-1] if self.lefts else 0
        self.width = max(right, MARGIN + title) + MARGIN
        self.height = max((tops[-1] for tops in self.tops), default=HEAD) + MARGIN - GAP_Y

    def __repr__(self) -> str:
        return f"<_Places in {self.width} x {self.height}>"


def _head(picture: Picture, places: _Places) -> Iterator[str]:
    width, height = places.width, places.height
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img" aria-labelledby="title about">'
    )
    yield f'<title id="title">{escape(picture.title)}</title>'
    yield f'<desc id="about">{escape(_described(picture))}</desc>'
    yield _STYLE
    yield _text(picture.title, "title", x=MARGIN, y=28)
    yield _text(picture.about, "quiet", x=MARGIN, y=46)


def _column(picture: Picture, places: _Places, at: int) -> Iterator[str]:
    left = places.lefts[at]
    yield _text(f"wave {at + 1}", "quiet", x=left, y=HEAD - 6)
    for box, top in zip(picture.columns[at], places.tops[at], strict=False):
        yield from _box(box, left=left, top=top, width=places.widths[at])


def _described(picture: Picture) -> str:
    """The picture for those who hear it."""
    waves = [
        f"Wave {at}: {', '.join(box.name for box in boxes)}."
        for at, boxes in enumerate(picture.columns, start=1)
    ]
    return " ".join((picture.about, *waves))


def _width(box: Box) -> int:
    return round(max(map(len, (box.name, *box.lines))) * CHARACTER) + 2 * PADDING


def _height(box: Box) -> int:
    return LINE * (1 + len(box.lines)) + PADDING


def _curve(arrow: Arrow, places: _Places) -> str:
    (column, row), (column_2, row_2) = arrow.start, arrow.end
    x, y = places.lefts[column] + places.widths[column], places.middles[column][row]
    x_2, y_2 = places.lefts[column_2], places.middles[column_2][row_2]
    bend = GAP_X // 2
    kind = ' class="slow"' if arrow.slow else ""
    return f'<path{kind} d="M{x} {y} C{x + bend} {y} {x_2 - bend} {y_2} {x_2} {y_2}"/>'


def _box(box: Box, *, left: int, top: int, width: int) -> Iterator[str]:
    kind = ' class="soft"' if box.soft else ""
    yield f'<rect{kind} x="{left}" y="{top}" width="{width}" height="{_height(box)}" rx="6"/>'
    yield _text(box.name, "name", x=left + PADDING, y=top + LINE + 2)
    for at, line in enumerate(box.lines, start=2):
        yield _text(line, "quiet", x=left + PADDING, y=top + at * LINE + 2)


def _text(text: str, kind: str, *, x: int, y: int) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'
