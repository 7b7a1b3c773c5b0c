"""HTTP rules of a service configuration, `http.rules[].selector`, in place of annotations.

Why       Whoever can't change a proto can still say how it is served.
Called by bff/contract/catalog.py, with a configuration that was read already.
Never     merges a rule with an annotation: the last rule that matches replaces all of it.
          Nor does it read text: JSON and YAML are the caller's.
Source    googleapis/googleapis google/api/http.proto ("last one wins"),
          google/api/documentation.proto (selector syntax); docs/spec/transcoding.md PT16, PM9.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from google.api.http_pb2 import Http, HttpRule
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message

from bff.terms.mistakes import ContractMistake, ContractMistakes, raise_any

_IDENT = r"[A-Za-z_][A-Za-z0-9_]*"
_PATTERN = re.compile(rf"\*|{_IDENT}(?:\.{_IDENT})*(?:\.\*)?")


@dataclass(frozen=True, slots=True)
class ServiceRule:
    """One rule and the methods that it selects: "pkg.Service.Method", "pkg.Service.*" or "*"."""

    patterns: tuple[str, ...]
    rule: Message

    def selects(self, method: str) -> bool:
        """`method` is a full name with dots. A wildcard stands for one or more parts of a name.

        >>> ServiceRule(("a.B.*",), HttpRule()).selects("a.B.Get")
        True
        """
        return any(
            method.startswith(pattern[:-1]) if pattern.endswith("*") else method == pattern
            for pattern in self.patterns
        )


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """All rules of one configuration, in its order. `fully_decode` is for the Router (PM9)."""

    rules: tuple[ServiceRule, ...] = ()
    fully_decode: bool = False

    @classmethod
    def parse(cls, config: Mapping[str, object]) -> "ServiceRules":
        """Read the `http` of a google.api.Service configuration; other keys are not ours to judge.

        >>> config = {"http": {"rules": [{"selector": "a.B.Get", "get": "/v1/things"}]}}
        >>> [one.patterns for one in ServiceRules.parse(config).rules]
        [('a.B.Get',)]

        Raises ContractMistakes with every rule that can't be read and every malformed selector.
        """
        section = config.get("http", {})
        rules = section.get("rules", []) if isinstance(section, Mapping) else None
        if not isinstance(section, Mapping) or not isinstance(rules, list):
            what = '`http` must be {"rules": [{"selector": "pkg.Service.Get", "get": "/v1/x"}]}'
            raise ContractMistakes.of([ContractMistake(what, where="http")])
        mistakes: list[ContractMistake] = []
        fully_decode = _read_flags(section, mistakes)
        read = [_read(one, f"http.rules[{at}]", mistakes) for at, one in enumerate(rules)]
        raise_any(mistakes)
        return cls(tuple(one for one in read if one is not None), fully_decode)

    def rule_for(self, method: str, annotated: Message | None) -> Message | None:
        """The rule of "pkg.Service/Method": the last one that selects it, else its annotation."""
        name = method.replace("/", ".")
        chosen = (one.rule for one in reversed(self.rules) if one.selects(name))
        return next(chosen, annotated)

    def idle(self, methods: Iterable[str]) -> list[ContractMistake]:
        """A mistake for each rule that selects none of these methods ("pkg.Service/Method")."""
        names = [method.replace("/", ".") for method in methods]
        return [
            ContractMistake(
                "no rpc has this name: mend the selector", where=", ".join(one.patterns)
            )
            for one in self.rules
            if not any(one.selects(name) for name in names)
        ]


def _read_flags(section: Mapping[str, object], mistakes: list[ContractMistake]) -> bool:
    flags = {key: value for key, value in section.items() if key != "rules"}
    try:
        return bool(ParseDict(flags, Http()).fully_decode_reserved_expansion)
    except ParseError as wrong:
        mistakes.append(ContractMistake(f"this is no google.api.Http: {wrong}", where="http"))
        return False


def _read(source: object, where: str, mistakes: list[ContractMistake]) -> ServiceRule | None:
    if not isinstance(source, Mapping):
        mistakes.append(
            ContractMistake("a rule is an object with a selector and a path", where=where)
        )
        return None
    try:
        rule = ParseDict(dict(source), HttpRule())
    except ParseError as wrong:
        mistakes.append(ContractMistake(f"this is no google.api.HttpRule: {wrong}", where=where))
        return None
    patterns = tuple(pattern.strip() for pattern in rule.selector.split(","))
    if odd := [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]:
        what = f'`{odd[0]}` selects nothing: write "pkg.Service.Method", "pkg.Service.*" or "*"'
        mistakes.append(ContractMistake(what, where=where))
    return ServiceRule(patterns, rule)
