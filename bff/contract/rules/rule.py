"""One rule on one value, and how the set fields of an options message become such rules.

Called by the other files of this folder.
Never     guesses: a rule that has no maker is `unchecked`, by its name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_MOST_TOLD = 10
_SILENT = frozenset({"example", "strict"})  # they check nothing by themselves


class Rule(NamedTuple):
    """`sentence` says what to send where `holds` is false of a value."""

    holds: Callable[[Any], bool]
    sentence: str


Maker = Callable[[Any], Rule | None]
"""From an option's value to its rule; None for a switch that is off. Raises ValueError for an
option that can't be followed."""


@dataclass(frozen=True, slots=True)
class Made:
    """Rules, and the names of the options that made none."""

    rules: list[Rule] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def made(options: Any, makers: Mapping[str, Maker], *, done: Iterable[str] = ()) -> Made:
    """A rule for each option that is set. `done`: options that somebody else follows."""
    found = Made()
    passed = _SILENT.union(done)
    for option, value in options.ListFields():
        if option.is_extension or option.name not in {*makers, *passed}:
            found.unchecked.append(option.name)
        elif option.name not in passed:
            _add(found, option.name, makers[option.name], value)
    return found


def equal(show: Callable[[Any], str]) -> Mapping[str, Maker]:
    """`const`, `in` and `not_in`, which most kinds have."""
    return {
        "const": lambda wanted: Rule(lambda value: bool(value == wanted), f"send {show(wanted)}"),
        "in": lambda wanted: _one_of(frozenset(wanted), told(map(show, wanted))),
        "not_in": lambda wanted: _none_of(frozenset(wanted), told(map(show, wanted))),
    }


def told(texts: Iterable[str]) -> str:
    """A list for a sentence, cut where it would get long.

    >>> told(["1", "2"]), told(map(str, range(12)))
    ('1, 2', '0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …')
    """
    parts = list(texts)
    return ", ".join([*parts[:_MOST_TOLD], "…"] if len(parts) > _MOST_TOLD else parts)


def amount(count: int, one: str, many: str) -> str:
    """
    >>> amount(1, "item", "items"), amount(2, "item", "items")
    ('1 item', '2 items')
    """
    return f"{count} {one if count == 1 else many}"


def counted(
    count: Callable[[Any], int], unit: tuple[str, str], names: tuple[str, ...]
) -> dict[str, Maker]:
    """At least, at most and exactly so many; `names` of the options that say so, in this order."""
    makers: list[Maker] = [
        lambda n: Rule(lambda value: count(value) >= n, f"send at least {amount(n, *unit)}"),
        lambda n: Rule(lambda value: count(value) <= n, f"send at most {amount(n, *unit)}"),
        lambda n: Rule(lambda value: count(value) == n, f"send exactly {amount(n, *unit)}"),
    ]
    return dict(zip(names, makers, strict=False))


def _one_of(wanted: frozenset[Any], names: str) -> Rule:
    return Rule(lambda value: value in wanted, f"send one of {names}")


def _none_of(refused: frozenset[Any], names: str) -> Rule:
    return Rule(lambda value: value not in refused, f"send another value than {names}")


def _add(found: Made, name: str, make: Maker, value: Any) -> None:
    try:
        rule = make(value)
    except ValueError:
        found.unchecked.append(name)
    else:
        found.rules.extend([rule] if rule is not None else [])
