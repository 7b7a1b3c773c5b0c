"""/bff/... in the API document: the paths that are served, and answers as it says."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.routing import Route

from bff.compose.blueprint import Blueprint
from bff.edge.login_pages import login_routes
from bff.publish.openapi import document
from bff.publish.session_paths import session_paths
from tests.openapi.asked import Operation
from tests.openapi.held import Held
from tests.sessions.world import World

DOCUMENT: Mapping[str, Any] = json.loads(
    json.dumps(document(Blueprint([], title="t", version="1", has_sessions=True)))
)


def as_documented(answer: httpx.Response) -> int:
    """The status of an answer that is as the document says, by a line of its own."""
    method, path = answer.request.method.lower(), answer.request.url.path
    about = DOCUMENT["paths"][path][method]
    operation = Operation(method=method.upper(), path=path, about=about)
    assert str(answer.status_code) in about["responses"]
    assert [] == Held(DOCUMENT).violations(operation, answer)
    declared = {one["name"] for one in about.get("parameters", ())}
    assert set(answer.request.url.params) <= declared
    return answer.status_code


async def test_the_document_has_the_paths_that_are_served(world: World) -> None:
    served = [one for one in login_routes(world.sessions) if isinstance(one, Route)]
    assert sorted(
        (one.path, method.lower()) for one in served for method in (one.methods or set()) - {"HEAD"}
    ) == [(path, method) for path, item in session_paths().items() for method in item]


async def test_a_whole_visit_is_as_the_document_says(world: World) -> None:
    nobody = as_documented(await world.user())
    began = as_documented(await world.go("/bff/login?returnUrl=/"))
    landed = as_documented(await world.sign_in())
    told = await world.user()
    left = as_documented(await world.go(told.json()["logoutUrl"]))
    assert [401, 303, 200, 200, 303] == [nobody, began, landed, as_documented(told), left]


async def test_what_is_refused_is_as_the_document_says(world: World) -> None:
    await world.sign_in()
    strange = {"sec-fetch-site": "cross-site"}
    assert [400, 400, 403, 403, 400] == [
        as_documented(await world.go("/bff/login?returnUrl=//evil")),
        as_documented(await world.go("/bff/callback?code=c&state=s&iss=i")),
        as_documented(await world.go("/bff/logout?sid=guessed")),
        as_documented(await world.browser.get("/bff/user?slide=false", headers=strange)),
        as_documented(await world.user(authorization="Bearer a")),
    ]


async def test_what_the_provider_says_is_answered_as_documented(world: World) -> None:
    await world.sign_in()
    session = world.provider.logout_token("ada", "", sid=None)
    post = "/bff/backchannel-logout"
    assert [200, 400, 415, 413] == [
        as_documented(await world.elsewhere_to_us(session)),
        as_documented(await world.elsewhere_to_us("made up")),
        as_documented(await world.browser.post(post, content=b"{}")),
        as_documented(await world.elsewhere_to_us("a" * 70_000)),
    ]
