"""The code of docs/views.md, as the files that it says it is.

Called by the tests of that page.
"""

import re
from pathlib import Path

from tests.journeys.conftest import ROOT

PAGE = ROOT / "docs" / "views.md"
_BLOCK = re.compile(r"^```python\n# (\S+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_VIEWS = "bff/views/"


def blocks() -> dict[str, str]:
    """Path -> text of every Python block of the page."""
    text = PAGE.read_text(encoding="utf-8")
    found = _BLOCK.findall(text)
    assert text.count("```python") == len(found)
    return dict(found)


def rows(heading: str) -> list[tuple[str, str]]:
    """(what you wrote, what it says) of the table after a sentence of the page."""
    _, _, after = PAGE.read_text(encoding="utf-8").partition(heading)
    table = after.split("\n\n")[1].splitlines()[2:]
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in table]
    return [(code.strip().strip("`"), says.strip().replace(r"\|", "|")) for code, says in cells]


def write_views(package: Path) -> None:
    """The page's views as a package of their own, beside the demo's."""
    package.mkdir()
    (package / "__init__.py").write_text('"""Views of the docs."""\n')
    for path, text in blocks().items():
        if path.startswith(_VIEWS):
            name = path.removeprefix(_VIEWS).replace("/", "_")
            (package / name).write_text(text)
