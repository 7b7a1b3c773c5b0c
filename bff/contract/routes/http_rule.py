"""google.api.HttpRule -> HttpBindings: what method and path reach an rpc, what fills its request.

Why       A rule is free text in a proto; all that can be wrong with it is told at boot, at once.
Called by bff/contract/catalog.py.
Never     isinstance-checks the rule, which may come from any descriptor pool.
Source    googleapis/googleapis google/api/http.proto; docs/spec/transcoding.md PT7-PT10,
          PT14, PT15, BD1-BD5. Choices: GET and HEAD have no body, DELETE and kind `*` may;
          `response_body` may be nested, as `body` may.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from bff.contract.field_path import path_misfit, walk
from bff.contract.routes.path_template import PathTemplate
from bff.terms.mistakes import ContractMistake, collected, raise_any

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")  # RFC 9110, section 5.6.2
_USUAL = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "trace"})
_BODYLESS = frozenset({"GET", "HEAD"})

Fields = tuple[FieldDescriptor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpBinding:
    """One way to reach an rpc.

    method         "*" is every method
    body           "" none, "*" the whole message, else the dotted path of the body's field
    response_body  "" the whole reply, else the dotted path of the field that is written
    index          0 for the rule itself, 1.. for its additional bindings
    """

    method: str
    template: PathTemplate
    body: str
    response_body: str
    index: int

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


def bindings_of(rule: Message) -> tuple[HttpBinding, ...]:
    """The rule's own binding, then its additional ones (PT14), then nothing deeper.

    rule    a google.api.HttpRule of any descriptor pool
    Raises  ContractMistakes with every mistake of the rule; `where` is left to the caller
    """
    main: Any = rule
    bindings: list[HttpBinding] = []
    mistakes: list[ContractMistake] = []
    for index, one in enumerate((main, *main.additional_bindings)):
        if index and one.additional_bindings:
            what = f"additional binding {index} has additional bindings: list them beside it"
            mistakes.append(ContractMistake(what))
        with collected(mistakes):
            bindings.append(_binding(one, index))
    raise_any(mistakes)
    return tuple(bindings)


def check_binding(
    binding: HttpBinding, request: Descriptor, reply: Descriptor
) -> list[ContractMistake]:
    """Does the binding fit the rpc's messages? Every mistake, not the first; [] for none.

    Path variables: the field exists, its value fits a segment (PT7, PT8). Body, response_body: the
    field exists (BD2, BD5). No two of them write one field, or two members of one oneof.
    """
    found = [*_path_mistakes(binding, request), *_body_mistakes(binding, request)]
    found += _response_mistakes(binding, reply)
    found += _clashes(binding, request)
    return [ContractMistake(f"{binding}: {what}") for what in found]


def _binding(rule: Any, index: int) -> HttpBinding:
    method, path = _pattern(rule, index)
    return HttpBinding(
        method=method,
        template=PathTemplate.parse(path),
        body=rule.body,
        response_body=rule.response_body,
        index=index,
    )


def _pattern(rule: Any, index: int) -> tuple[str, str]:
    """Method and path. A custom kind is any method token; "*" is every method (PT15)."""
    kind = rule.WhichOneof("pattern")
    if kind is None:
        which = f"additional binding {index}" if index else "the rule"
        raise ContractMistake(f'{which} has no path: give it one, such as get: "/v1/things"')
    if kind != "custom":
        return kind.upper(), getattr(rule, kind)
    method = rule.custom.kind
    if not _TOKEN.fullmatch(method):
        raise ContractMistake(f"custom kind {method!r} is no HTTP method")
    if method in _USUAL:
        raise ContractMistake(
            f"custom kind {method!r}: methods are case-sensitive, write {method.upper()}"
        )
    return method, rule.custom.path


def _path_mistakes(binding: HttpBinding, request: Descriptor) -> Iterator[str]:
    for variable in binding.template.variables:
        try:
            last = walk(request, variable.field_path)[-1]
        except ValueError as wrong:
            yield f"path variable `{variable.name}`: {wrong}"
            continue
        if misfit := path_misfit(last):
            yield (
                f"path variable `{variable.name}` {misfit}:"
                " name a scalar, an enum, or a message that JSON writes as one of these"
            )


def _body_mistakes(binding: HttpBinding, request: Descriptor) -> Iterator[str]:
    if not binding.body:
        return
    if binding.method in _BODYLESS:
        yield f"a {binding.method} has no body: take `body` away, the fields are query parameters"
    if binding.body == "*":
        return
    try:
        walk(request, binding.body.split("."))
    except ValueError as wrong:
        yield f"body `{binding.body}`: {wrong}"


def _response_mistakes(binding: HttpBinding, reply: Descriptor) -> Iterator[str]:
    if binding.response_body == "*":
        yield "response_body `*`: leave it out, the whole reply is written then"
    elif binding.response_body:
        try:
            walk(reply, binding.response_body.split("."))
        except ValueError as wrong:
            yield f"response_body `{binding.response_body}`: {wrong}"


def _clashes(binding: HttpBinding, request: Descriptor) -> Iterator[str]:
    """Two writers of one field, or of one oneof. Paths that lead nowhere were told already."""
    writers: list[tuple[str, Fields]] = []
    for label, path in _written_paths(binding):
        try:
            fields = walk(request, path)
        except ValueError:
            continue
        for earlier, others in writers:
            if clash := _clash(others, fields):
                yield f"{earlier} and {label} {clash}: take one of them away"
        writers.append((label, fields))


def _written_paths(binding: HttpBinding) -> Iterator[tuple[str, Sequence[str]]]:
    for variable in binding.template.variables:
        yield f"path variable `{variable.name}`", variable.field_path
    if binding.body not in ("", "*"):
        yield f"body `{binding.body}`", binding.body.split(".")


def _clash(variable: Fields, other: Fields) -> str:
    """What goes wrong when `other`, a later variable or the body, is written too; "" nothing.

    A body may hold a variable's field, `todo` and `todo.id`: the path wins (PM16).
    """
    for mine, theirs in zip(variable, other, strict=False):
        if mine.name != theirs.name:
            oneof, other_oneof = mine.containing_oneof, theirs.containing_oneof
            if oneof is None or other_oneof is None or oneof.full_name != other_oneof.full_name:
                return ""
            return f"set two members of the oneof `{oneof.name}`"
    holds = len(other) < len(variable) and path_misfit(other[-1])
    return "" if holds else "set the same field"
