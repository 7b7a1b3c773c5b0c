"""The blueprint: every endpoint once, or every mistake at once."""

from dataclasses import replace

import pytest

from bff.compose.blueprint import Blueprint
from bff.contract.routes.path_template import PathTemplate
from bff.terms.mistakes import ContractMistakes
from tests.edge.conftest import an_endpoint


def mistakes_of(*endpoints: object) -> list[str]:
    with pytest.raises(ContractMistakes) as caught:
        Blueprint(endpoints, title="t", version="1")  # type: ignore[arg-type]
    return [str(one) for one in caught.value.exceptions]


def test_endpoints_are_listed_by_path_and_method():
    paths = [an_endpoint("/b"), an_endpoint("/a", "POST"), an_endpoint("/a")]
    blueprint = Blueprint(paths, title="t", version="1")
    assert ["GET /a", "POST /a", "GET /b"] == [one.name for one in blueprint.endpoints]


def test_an_endpoint_without_a_deadline_is_refused():
    """Deny by default: no route without a deadline."""
    assert ["GET /a needs a deadline above 0 @ here"] == mistakes_of(
        an_endpoint("/a", deadline_s=0.0)
    )


def test_two_endpoints_of_one_name_are_both_told():
    twin = replace(an_endpoint("/a"), template=PathTemplate.parse("/b"), declared_at="there")
    assert ["the name GET /a is taken by here @ there"] == mistakes_of(an_endpoint("/a"), twin)


def test_pt11_two_endpoints_at_one_place_are_both_told():
    found = mistakes_of(an_endpoint("/a/{x}"), an_endpoint("/a/{y}", name="other"))
    assert 1 == len(found)
    assert "GET /a/{x} (here)" in found[0]
    assert "other (here)" in found[0]
