"""A picture as a Mermaid flowchart: for a README, a wiki or a pull request.

Called by forms.py.
Source    mermaid.js.org "Flowcharts".
"""

from collections.abc import Iterator

from bff.compose.view.explaining.drawing import Box, Picture


def mermaid(picture: Picture) -> str:
    """The text of a flowchart; what may fail has a dashed border."""
    lines = (
        "---",
        f'title: "{picture.title}"',
        "---",
        "flowchart LR",
        *(line for at, boxes in enumerate(picture.columns) for line in _column(at, boxes)),
        *(
            f"  {_id(*one.start)} {'==>' if one.slow else '-->'} {_id(*one.end)}"
            for one in picture.arrows
        ),
        "  classDef soft stroke-dasharray: 5 4",
    )
    return "\n".join(lines)


def _column(at: int, boxes: tuple[Box, ...]) -> Iterator[str]:
    yield f'  subgraph w{at + 1}["wave {at + 1}"]'
    for row, box in enumerate(boxes):
        label = "<br/>".join((f"<b>{_escaped(box.name)}</b>", *map(_escaped, box.lines)))
        yield f'    {_id(at, row)}["{label}"]{":::soft" if box.soft else ""}'
    yield "  end"


def _id(column: int, row: int) -> str:
    return f"c{column + 1}_{row + 1}"


def _escaped(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;")
