"""What is known of an endpoint before anything runs: as text, JSON, Mermaid or SVG.

Called by the command line, for `bff explain`.
Never     asks a service, or needs one to be there.
Source    docs/spec/views.md "bff explain".
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import orjson

from bff.compose.endpoint import Endpoint
from bff.compose.view.explaining.data import Data, data_of
from bff.compose.view.explaining.drawing import Picture, picture_of, picture_of_calls
from bff.compose.view.explaining.mermaid import mermaid
from bff.compose.view.explaining.svg import svg
from bff.compose.view.explaining.text import counted, text_of
from bff.compose.view.explaining.words import access_words

Format = Literal["text", "json", "mermaid", "svg"]


def explained(endpoint: Endpoint, form: Format) -> str:
    """The explanation, without a line end at its end."""
    return _FORMS[form](endpoint)


def _text(endpoint: Endpoint) -> str:
    if not endpoint.plan:
        return "\n".join(_calls(endpoint))
    return "\n\n".join(map(text_of, (endpoint.plan, *endpoint.variants)))


def _json(endpoint: Endpoint) -> str:
    data = {**data_of(endpoint.plan)} if endpoint.plan else {**_known(endpoint)}
    told = {**data, "declaredAt": endpoint.declared_at}
    if endpoint.variants:
        told["variants"] = [
            {**data_of(one), "declaredAt": one.declared_at} for one in endpoint.variants
        ]
    return orjson.dumps(told, option=orjson.OPT_INDENT_2).decode()


def _picture(endpoint: Endpoint) -> Picture:
    return picture_of(endpoint.plan) if endpoint.plan else picture_of_calls(endpoint)


def _known(endpoint: Endpoint) -> Data:
    return {
        "name": endpoint.name,
        "method": endpoint.method,
        "path": endpoint.template.text,
        "access": str(endpoint.access),
        "deadlineMs": endpoint.deadline_s * 1000,
        "calls": list(endpoint.calls),
    }


def _calls(endpoint: Endpoint) -> Iterator[str]:
    """An endpoint that is no view."""
    where = f"{endpoint.method} {endpoint.template.text}"
    yield "   ".join(filter(None, (where, endpoint.name, endpoint.declared_at)))
    deadline = f"deadline {endpoint.deadline_s * 1000:g} ms"
    known = counted(len(endpoint.calls), "rpc") if endpoint.calls else "rpcs: known when it runs"
    yield f"  {deadline}, {known}, {access_words(endpoint.access)}"
    if endpoint.calls:
        yield ""
        yield "asked at once" if len(endpoint.calls) > 1 else "asked"
        yield from (f"  {name}" for name in endpoint.calls)
    else:
        yield "  it is a function: `bff try` shows what it asks"


_FORMS: Mapping[Format, Callable[[Endpoint], str]] = MappingProxyType(
    {
        "text": _text,
        "json": _json,
        "mermaid": lambda endpoint: mermaid(_picture(endpoint)),
        "svg": lambda endpoint: svg(_picture(endpoint)),
    }
)
