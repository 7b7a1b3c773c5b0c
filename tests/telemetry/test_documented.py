"""docs/observing.md tells the truth: every metric and every event, with labels, fields and levels.

Why       An operator alerts on names. One that the page lacks is never watched; one that only the
          page has is watched for ever.
"""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, get_args, get_type_hints

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bff.telemetry.log import line_of
from bff.telemetry.metrics import Metrics
from bff.terms.codes import Code
from bff.terms.events import Event

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "observing.md").read_text()
EVENTS = get_args(Event)
PLAIN = {str: "x", int: 1, float: 1.0, bool: True, Code: Code.OK}
LOUDER: dict[str, list[Any]] = {
    "status": [200, 500],
    "code": [Code.OK, Code.NOT_FOUND, Code.UNAVAILABLE],
    "error": ["", "x"],
    "loud": [False, True],
}
"""Fields that an event's level may hang on, beside its closed sets."""


def words_of(kind: Any) -> set[str]:
    """The closed sets of an event, which its docstring has in quotes."""
    return set(re.findall(r'"([a-z-]+)"', kind.__doc__))


def possible(kind: Any) -> Iterator[Event]:
    """The event in all forms that are told apart."""
    hints = get_type_hints(kind)
    choices = {"state": sorted(words_of(kind)), **LOUDER}
    for values in product(*(choices.get(name, [PLAIN[hints[name]]]) for name in hints)):
        yield kind(*values)


def rows(heading: str) -> dict[str, list[str]]:
    """A table's first cell -> its further ones."""
    text = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| `(\w+)` \| ?(.*) \|$", text, flags=re.MULTILINE)
    return {name: re.split(r" ?\| ", rest) for name, rest in lines}


def names_in(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def sets_in(cell: str) -> list[str]:
    return re.findall(r"\((.+?)\)", cell)


def scraped() -> dict[str, set[str]]:
    """Metric -> labels, once everything has happened. A gauge is named where it is watched."""
    metrics = Metrics()
    for kind in EVENTS:
        for event in possible(kind):
            metrics.listen(event)
    found = {
        family.name if family.type == "histogram" else sample.name: set(sample.labels) - {"le"}
        for family in text_string_to_metric_families(metrics.render().decode())
        for sample in family.samples
    }
    for module in (ROOT / "bff").rglob("*.py"):
        gauges = re.findall(r'\.watch\(\s*"(\w+)"', module.read_text())
        found |= {name: set() for name in gauges}
    return {name: labels for name, labels in found.items() if name.startswith("bff_")}


def test_every_metric_is_documented_with_its_labels_and_nothing_else_is() -> None:
    documented = {name: set(names_in(cells[0])) for name, cells in rows("Metrics").items()}
    assert scraped() == documented


def test_every_event_is_documented_with_its_fields_and_nothing_else_is() -> None:
    lines = [orjson.loads(line_of(next(possible(kind)), at_s=0.0)) for kind in EVENTS]
    told = {line["event"]: list(line)[3:] for line in lines}
    assert told == {name: names_in(cells[1]) for name, cells in rows("The log").items()}


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_is_documented_with_its_levels_and_closed_sets(kind: Any) -> None:
    lines = [orjson.loads(line_of(event, at_s=0.0)) for event in possible(kind)]
    level, fields, _ = rows("The log")[lines[0]["event"]]
    assert {line["level"] for line in lines} == {part.split()[0] for part in level.split("; ")}
    assert words_of(kind) == set(", ".join(sets_in(fields)).split(", ")) - {""}


def test_a_labels_closed_set_is_the_events() -> None:
    of_events = {one for cells in rows("The log").values() for one in sets_in(cells[1])}
    of_labels = {one for cells in rows("Metrics").values() for one in sets_in(cells[0])}
    assert of_labels <= of_events


def test_the_examples_ask_for_metrics_and_labels_that_there_are() -> None:
    examples = "".join(
        re.findall(r"^```(?:yaml|promql)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    )
    suffixed = re.findall(r"\bbff_\w+", examples)
    asked = {re.sub(r"(?<=_seconds)_(bucket|sum|count)$", "", name) for name in suffixed}
    assert asked
    assert set() == asked - set(scraped())
