"""Rules on strings and bytes.

Called by values.py.
Source    buf/validate/validate.proto (StringRules, BytesRules).
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bff.contract.rules.formats import FORMATS
from bff.contract.rules.pattern import matcher
from bff.contract.rules.rule import Made, Maker, Rule, counted, equal, made

_BYTES_OF_TEXT = ("byte of UTF-8", "bytes of UTF-8")


def string_rules(options: Any) -> Made:
    """The rules of a `buf.validate.StringRules`; a character is a code point."""
    return made(options, _STRING)


def bytes_rules(options: Any) -> Made:
    """The rules of a `buf.validate.BytesRules`."""
    return made(options, _BYTES)


def _shown(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _encoded(value: Any) -> int:
    return len(value.encode())


def _format(name: str) -> Maker:
    holds, what = FORMATS[name]
    return lambda on: Rule(holds, f"send {what}") if on else None


def _pattern(text: str) -> Rule:
    return Rule(matcher(text), f"send text that matches {text}")


_STRING: Mapping[str, Maker] = MappingProxyType(
    {
        **equal(_shown),
        **counted(len, ("character", "characters"), ("min_len", "max_len", "len")),
        **counted(_encoded, _BYTES_OF_TEXT, ("min_bytes", "max_bytes", "len_bytes")),
        "pattern": _pattern,
        "prefix": lambda part: Rule(
            lambda value: value.startswith(part), f"send text that begins with {_shown(part)}"
        ),
        "suffix": lambda part: Rule(
            lambda value: value.endswith(part), f"send text that ends with {_shown(part)}"
        ),
        "contains": lambda part: Rule(
            lambda value: part in value, f"send text that holds {_shown(part)}"
        ),
        "not_contains": lambda part: Rule(
            lambda value: part not in value, f"send text without {_shown(part)}"
        ),
        **{name: _format(name) for name in FORMATS},
    }
)
_BYTES: Mapping[str, Maker] = MappingProxyType(
    counted(len, ("byte", "bytes"), ("min_len", "max_len", "len"))
)
