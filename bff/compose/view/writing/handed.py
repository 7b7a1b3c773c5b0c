"""What a function of a view is handed: values out of the frame, without what is hidden.

Why       A function may return whatever it has: str(user) would send a password's hash. So it never
          has it. Replies are shared by those who asked alike, so what is cleaned is a copy; a type
          that hides nothing is handed over as it is.
Called by members.py (compiled at boot), computed.py (once per call of a function).
Never     changes a reply.
Source    docs/spec/threats.md "internal fields".
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from bff.compose.view.plan import Computed, Held, Value
from bff.compose.view.running.frames import Frame, is_absence
from bff.compose.view.running.layout import Layout
from bff.compose.view.running.needs import takes_none
from bff.compose.view.running.values import Get, getter
from bff.contract.codec.known import is_map
from bff.contract.reply.scrub import Scrubber
from bff.terms.errors import Failure

Handed: TypeAlias = Callable[[Frame], dict[str, Any] | Failure]
"""The arguments by their names; an absence is returned, a Failure raised."""
Clean: TypeAlias = Callable[[Any], Any]


def handed_to(show: Computed, scope: int | None, *, layout: Layout, scrubber: Scrubber) -> Handed:
    spared = takes_none(show.function)
    gets: list[tuple[str, Get, bool]] = []
    for name, value in show.arguments.items():
        get = getter(value, scope, layout, strict=name in spared)
        clean = _cleaning(value, layout, scrubber)
        gets.append((name, _cleaned(get, clean) if clean else get, name in spared))

    def values(frame: Frame) -> dict[str, Any] | Failure:
        found: dict[str, Any] = {}
        for name, get, may_be_none in gets:
            try:
                found[name] = get(frame)
            except Failure as failure:
                if may_be_none:
                    found[name] = None
                elif is_absence(failure):
                    return failure
                else:
                    raise
        return found

    return values


def _cleaned(get: Get, clean: Clean) -> Get:
    return lambda frame: clean(get(frame))


def _cleaning(value: Value, layout: Layout, scrubber: Scrubber) -> Clean | None:
    if not isinstance(value, Held):
        return None
    fields = layout.fields(value)
    return cleaning_of(fields[-1] if fields else layout.start(value), scrubber)


def cleaning_of(of: FieldDescriptor | Descriptor, scrubber: Scrubber) -> Clean | None:
    """What makes copies of a field's value, or of a message; None where nothing is hidden in it."""
    field = of if isinstance(of, FieldDescriptor) else None
    message = of if isinstance(of, Descriptor) else of.message_type
    if message is None or not scrubber.may_hide(message):
        return None
    copy = scrubber.scrubbed_copy
    if field is None or not field.is_repeated:
        return copy
    if is_map(field):
        return lambda entries: {key: copy(one) for key, one in entries.items()}
    return lambda items: [copy(one) for one in items]
