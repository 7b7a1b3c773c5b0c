"""What a screen of parts says of itself: to the router, to `bff routes`, to the API document."""

from typing import Any

from bff.terms.access import SIGNED_IN
from tests.compose.panel import CARDS, NEXT, USER, of, team, well


async def test_a_declaration_says_everything_that_is_served():
    declared = of(USER, CARDS, NEXT, team(), about="Home.\n\nAnd more.", inputs={"n": 1, "q": str})
    endpoint = well().endpoint(declared)

    assert ("web_home", "GET", "web", SIGNED_IN, 0.8, ("web",)) == (
        endpoint.name,
        endpoint.method,
        endpoint.client,
        endpoint.access,
        endpoint.deadline_s,
        endpoint.tags,
    )
    assert ("Home.", "And more.", True) == (endpoint.summary, endpoint.description, endpoint.soft)
    assert [("n", "query", False), ("q", "query", True)] == [
        (one.name, one.where, one.required) for one in endpoint.parameters
    ]
    assert ("GetMembership", "GetUser", "ListLinks") == tuple(
        sorted(name.rpartition("/")[2] for name in endpoint.calls)
    )
    assert "tests/compose/panel.py" == endpoint.declared_at.partition(":")[0]


async def test_the_schema_of_the_answer_is_made_of_the_parts():
    """OA4: what is always written is required; a soft part may be null; `errors` may be there."""
    endpoint = well().endpoint(of(USER, CARDS, NEXT, team()))
    home: Any = endpoint.components["web.home"]

    assert {"$ref": "#/components/schemas/web.home"} == endpoint.answer
    assert ["user", "links", "next", "team"] == home["required"]
    assert ["user", "links", "next", "team", "errors"] == list(home["properties"])
    ref = "#/components/schemas/web.home."
    assert {"$ref": f"{ref}user"} == home["properties"]["user"]
    assert {"type": "array", "items": {"$ref": f"{ref}links"}} == home["properties"]["links"]
    nullable = [{"$ref": f"{ref}team"}, {"type": "null"}]
    assert {"anyOf": nullable} == home["properties"]["team"]
    card: Any = endpoint.components["web.home.links"]
    assert (["slug", "clicks", "code"], ["clicks", "code"]) == (
        list(card["properties"]),
        card["required"],
    )
    assert "errors" not in home_of_hard_parts()["properties"]


def home_of_hard_parts() -> Any:
    return well().endpoint(of(USER, CARDS)).components["web.home"]
