"""One view for every client: chosen members, events for what comes later, variants."""

import json

import pytest

from bff.publish.openapi import document
from tests.conditions import until
from tests.journeys.faces.served import (
    AUTHORS,
    GOODS,
    PRODUCT,
    REVIEWS,
    STOCK,
    TITLES,
)

EVENTS = "text/event-stream"
pytestmark = pytest.mark.asyncio(loop_scope="module")


def events_of(text: str) -> list[tuple[str, dict]]:
    """(name, data) of each event."""
    blocks = [dict(line.split(": ", 1) for line in one.splitlines()) for one in text.split("\n\n")]
    return [(one["event"], json.loads(one["data"])) for one in blocks if one]


def patched(body: dict, patches: list[dict]) -> dict:
    """What a client has in the end, whose patches replace top-level members."""
    found = dict(body)
    for patch in patches:
        found[patch["path"].removeprefix("/")] = patch["value"]
    return found


async def test_a_client_gets_the_members_it_names_and_only_they_are_asked_for(faces):
    answer = await faces.get(f"{GOODS}?fields=title")
    assert (["title"], [PRODUCT]) == (list(answer.json()), faces.asked())


async def test_a_member_of_a_member_is_named_with_a_dot(faces):
    answer = await faces.get(f"{GOODS}?fields=reviews.stars,title")
    assert ["title", "reviews"] == list(answer.json())
    assert [{"stars"}] == [set(one) for one in answer.json()["reviews"][:1]]
    assert [PRODUCT, REVIEWS] == faces.asked()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("prize", "there is no member prize"),
        ("reviews.starz", "there is no member reviews.starz"),
        ("", "name 1 to 100 members, separated by commas"),
    ],
)
async def test_a_member_that_is_not_there_is_named_and_nothing_is_asked(faces, fields, told):
    answer = await faces.get(f"{GOODS}?fields={fields}")
    assert (400, [{"path": "fields", "message": told}]) == (
        answer.status_code,
        answer.json()["errors"],
    )
    assert [] == faces.asked()


async def test_each_selection_has_an_etag_and_a_place_in_the_cache_of_its_own(faces):
    first, other = await faces.get(TITLES), await faces.get(f"{TITLES}?fields=title")
    again = await faces.get(f"{TITLES}?fields=title", if_none_match=other.headers["etag"])
    assert first.headers["etag"] != other.headers["etag"]
    assert (304, "HIT") == (again.status_code, again.headers["x-cache-status"])
    assert ["MISS", "MISS"] == [one.headers["x-cache-status"] for one in (first, other)]


async def test_every_view_documents_its_selection(faces):
    paths = json.loads(json.dumps(document(faces.bff.blueprint)))["paths"]
    for path in ("/web/v1/goods/{product_id}", "/web/v1/titles/{product_id}"):
        names = [one["name"] for one in paths[path]["get"]["parameters"]]
        assert "fields" in names


async def test_events_are_the_body_then_a_patch_for_each_deferred_member_then_the_end(faces):
    answer = await faces.get(accept=EVENTS)
    whole = (await faces.get()).json()
    names, data = zip(*events_of(answer.text), strict=True)

    assert (200, EVENTS) == (answer.status_code, answer.headers["content-type"])
    assert ("body", "patch", "end") == names
    assert ({**whole, "reviews": None}, whole) == (data[0], patched(data[0], [data[1]]))


async def test_the_body_does_not_wait_for_what_is_deferred(faces):
    """The reviews never come: their patch is the gap, and the body was there before."""
    faces.demo.services.faults.set(REVIEWS, freeze=True)
    (first, body), (second, patch), (last, _) = events_of((await faces.get(accept=EVENTS)).text)

    assert ("body", None) == (first, body["reviews"])
    gap = {"path": "/reviews", "code": "DEADLINE_EXCEEDED", "retryable": True}
    assert ("patch", {"path": "/reviews", "value": None, "errors": [gap]}) == (second, patch)
    assert "end" == last


async def test_what_fails_inside_of_a_patch_is_named_from_the_body_on(faces):
    faces.demo.services.faults.set(AUTHORS, status="UNAVAILABLE")
    _, (_, patch), _ = events_of((await faces.get(accept=EVENTS)).text)

    assert "/reviews" == patch["path"]
    assert {f"/reviews/{i}/author" for i in range(3)} == {one["path"] for one in patch["errors"]}
    assert [None] * 3 == [one["author"] for one in patch["value"]]


async def test_a_failure_before_the_body_has_its_own_status(faces):
    faces.demo.services.faults.set(PRODUCT, status="NOT_FOUND")
    answer = await faces.get(accept=EVENTS)
    assert (404, "application/problem+json") == (
        answer.status_code,
        answer.headers["content-type"],
    )


async def test_events_show_the_chosen_members_too(faces):
    (_, body), (_, patch), _ = events_of(
        (await faces.get(f"{GOODS}?fields=reviews.stars", accept=EVENTS)).text
    )
    assert ({"reviews": None}, {"stars"}) == (body, set(patch["value"][0]))


async def test_a_view_without_deferred_members_has_no_events(faces):
    assert 406 == (await faces.get(TITLES, accept=EVENTS)).status_code


async def test_who_leaves_while_members_are_to_come_cancels_them(faces):
    faces.demo.services.faults.set(REVIEWS, freeze=True)
    sent: list[dict] = []
    path, _, query = GOODS.partition("?")

    async def receive():
        await until(lambda: any(b"event: body" in one.get("body", b"") for one in sent))
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"accept", EVENTS.encode())],
        "client": ("192.0.2.1", 1),
    }
    await faces.bff.public(scope, receive, send)

    await until(lambda: not faces.demo.services.record.in_flight)
    [call] = [one for one in faces.demo.services.record.calls if one.method == REVIEWS]
    assert call.cancelled


async def test_a_variant_is_chosen_by_its_name_and_told(faces):
    usual, other = await faces.get(), await faces.get(x_version="b")
    assert ["default", "b"] == [one.headers["x-version"] for one in (usual, other)]
    assert (False, True) == ("seller" in usual.json(), "seller" in other.json())
    assert "x-version" in other.headers["vary"]


async def test_a_caller_without_a_wish_always_gets_the_same_variant(faces):
    answers = [await faces.get(x_version="retired") for _ in range(3)]
    assert 1 == len({one.headers["x-version"] for one in answers})


async def test_a_variant_has_the_faces_of_its_view(faces):
    answer = await faces.get(accept=EVENTS, x_version="b")
    (_, body), *_ = events_of(answer.text)
    assert ("b", True) == (answer.headers["x-version"], "seller" in body)


async def test_one_operation_documents_all_variants(faces):
    about = json.loads(json.dumps(document(faces.bff.blueprint)))
    operation = about["paths"]["/web/v1/goods/{product_id}"]["get"]
    [version] = [one for one in operation["parameters"] if one["name"] == "X-Version"]
    schemas = operation["responses"]["200"]["content"]["application/json"]["schema"]

    assert "`b` (30 of 100 callers)" in version["description"]
    assert ["web.Product", "web.ProductB"] == [
        one["$ref"].rpartition("/")[2] for one in schemas["anyOf"]
    ]


async def test_the_endpoint_lists_the_rpcs_of_all_variants(faces):
    [found] = [one for one in faces.bff.blueprint.endpoints if "goods" in one.template.text]
    assert {AUTHORS, PRODUCT, REVIEWS, STOCK} <= set(found.calls)
    assert ["web.ProductB"] == [one.name for one in found.variants]
