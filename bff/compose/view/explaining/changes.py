"""The committed snapshot of every plan, and what a change of the code does to it, in sentences.

Why       "This change adds 1 rpc to web.Dashboard" is read in a review; a diff of JSON may not be.
Called by the command line, for `bff explain --output` and `--check`.
Never     reads a plan that is not the code's own: the snapshot is for people, nothing runs on it.
Source    docs/spec/views.md "plan snapshot diffed in CI".
"""

from collections.abc import Iterable, Iterator, Mapping

import orjson

from bff.compose.view.explaining.data import Data, data_of
from bff.compose.view.explaining.text import counted
from bff.compose.view.plan import Plan


def snapshot(plans: Iterable[Plan]) -> str:
    """One JSON object, the plan of each view by its name and path, sorted."""
    told = {f"{plan.name} {plan.get}": data_of(plan) for plan in plans}
    ordered = {name: told[name] for name in sorted(told)}
    return orjson.dumps(ordered, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def changes(before: str, after: str) -> tuple[str, ...]:
    """What changed from one snapshot to another, a sentence each; () where nothing did."""
    if before == after:
        return ()
    old, new = _read(before), _read(after)
    return tuple(_told(old, new)) or ("the snapshot is laid out differently",)


def _read(text: str) -> Mapping[str, Data]:
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:  # half of a merge, perhaps: everything is new then
        return {}
    return read if isinstance(read, dict) else {}


def _told(old: Mapping[str, Data], new: Mapping[str, Data]) -> Iterator[str]:
    for name in sorted(old.keys() - new.keys()):
        yield f"this change takes {name} away"
    for name in sorted(new.keys() - old.keys()):
        yield f"this change adds {name}: rpcs: {new[name]['rpcs']['formula']}"
    for name in sorted(old.keys() & new.keys()):
        if old[name] != new[name]:
            yield from _differences(old[name], new[name])


def _differences(old: Data, new: Data) -> Iterator[str]:
    view = new["view"]
    told = [one.format(view=view) for one in (*_cost(old, new), *_waves(old, new))]
    said = ("rpcs", "waves", "slowestChain", "steps")
    others = [key for key in new if key not in said and old.get(key) != new[key]]
    if others or not told:
        named = ", ".join(others) or "the steps"
        told.append(f"this change alters {named} of {view}")
    yield from told


def _cost(old: Data, new: Data) -> Iterator[str]:
    if old["rpcs"] == new["rpcs"]:
        return
    more = new["rpcs"]["atMost"] - old["rpcs"]["atMost"]
    if old["rpcs"]["bounded"] and new["rpcs"]["bounded"]:
        verb, place = ("adds", "to") if more > 0 else ("saves", "of")
        yield f"this change {verb} {counted(abs(more), 'rpc')} {place} {{view}}"
    else:
        was, now = old["rpcs"]["formula"], new["rpcs"]["formula"]
        yield f"this change makes the rpcs of {{view}} {now}, not {was}"


def _waves(old: Data, new: Data) -> Iterator[str]:
    was, now = len(old["waves"]), len(new["waves"])
    if was != now:
        yield f"this change makes {{view}} {counted(now, 'wave')}, not {was}"
