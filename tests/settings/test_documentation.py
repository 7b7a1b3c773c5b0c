"""docs/configuration.md tells the truth: every setting is there, with its default."""

import re
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from bff.guard.limits.options import QuotaOptions
from bff.guard.tokens.bearer import IssuerOptions
from bff.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text()
SECTIONS = {
    **{f"[{name}]": kind for name, kind in get_type_hints(Settings).items() if is_dataclass(kind)},
    "[[issuers]]": IssuerOptions,
    "[quotas.NAME]": QuotaOptions,
}


def documented(section: str) -> dict[str, str]:
    """Key -> default, as the section's table has them."""
    text = PAGE.partition(f"## `{section}`")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| `?(.+?)`? \|", text, flags=re.MULTILINE))


def default_text(one: "Field[Any]") -> str:
    if one.default is MISSING:
        return "required"
    value = one.default
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple | frozenset):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return str(value)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_is_documented_with_its_default(section):
    expected = {one.name: default_text(one) for one in fields(SECTIONS[section])}
    assert expected == documented(section)
