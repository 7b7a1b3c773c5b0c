"""Todos: a whole resource served as REST by its annotations alone."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"content-type": "application/json"}


async def send(demo, method: str, path: str, **body: object):
    return await demo.public.request(method, path, json=body or None, headers=demo.bearer("ada"))


async def test_create_get_update_complete_delete(demo):
    created = await send(demo, "POST", "/v1/todos", title="Milch kaufen 🥛")
    assert 200 == created.status_code
    path = f"/v1/todos/{created.json()['todoId']}"

    assert "Milch kaufen 🥛" == (await demo.get(path)).json()["title"]
    patched = await send(demo, "PATCH", path, title="Käse kaufen")
    assert (200, "Käse kaufen") == (patched.status_code, patched.json()["title"])
    done = await send(demo, "POST", f"{path}:complete")
    assert 200 == done.status_code
    assert done.json()["state"] != created.json()["state"]
    assert 200 == (await send(demo, "DELETE", path)).status_code
    assert 404 == (await demo.get(path)).status_code


async def test_a_patch_changes_only_what_it_names(demo):
    """PA1: the mask is made of the keys that were sent."""
    before = (await demo.get("/v1/todos/t-3")).json()
    after = (await send(demo, "PATCH", "/v1/todos/t-3", title="Renamed")).json()

    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"title", "updateTime", "etag", "revision"}
    assert "Renamed" == after["title"]


async def test_a_page_leads_to_the_next(demo):
    first = (await demo.get("/v1/todos?page_size=3")).json()
    second = (await demo.get(f"/v1/todos?pageSize=3&pageToken={first['nextPageToken']}")).json()

    ids = [{todo["todoId"] for todo in page["todos"]} for page in (first, second)]
    assert (3, 3, set()) == (len(ids[0]), len(ids[1]), ids[0] & ids[1])


@pytest.mark.parametrize(
    ("path", "slug", "where"),
    [
        ("/v1/todos?page_sise=3", "unknown-parameter", "page_sise"),
        ("/v1/todos?page_size=x", "invalid-field", "page_size"),
        ("/v1/todos?page_size=1&page_size=2", "duplicate-parameter", "page_size"),
    ],
)
async def test_rows_39_40_43_a_bad_query_names_the_parameter(demo, path, slug, where):
    answer = await demo.get(path)
    problem = answer.json()
    assert (400, slug, [where]) == (
        answer.status_code,
        problem["type"].rpartition("/")[2],
        [one["path"] for one in problem["errors"]],
    )
    assert [] == demo.services.record.methods


@pytest.mark.parametrize(
    ("body", "slug", "where"),
    [
        (b'{"title": 5}', "invalid-field", "/title"),
        (b'{"titel": "x"}', "unknown-field", "/titel"),
        (b'{"title": "a", "title": "b"}', "duplicate-key", "/title"),
        (b'{"title"', "malformed-json", None),
        (b"[]", "malformed-json", None),
    ],
)
async def test_a_bad_body_names_the_field_and_reaches_no_service(demo, body, slug, where):
    answer = await demo.public.post(
        "/v1/todos", content=body, headers={**demo.bearer("ada"), **JSON}
    )
    problem = answer.json()
    assert (400, slug) == (answer.status_code, problem["type"].rpartition("/")[2])
    if where:
        assert [where] == [one["path"] for one in problem["errors"]]
    assert [] == demo.services.record.methods


async def test_row_36_a_method_without_annotation_is_not_there(demo):
    answer = await demo.public.post(
        "/identity.users.v1.UserService/GetUser", json={}, headers=demo.bearer("ada")
    )
    assert 404 == answer.status_code


async def test_public_links_need_no_token(demo):
    page = await demo.public.get("/public/v1/links?page_size=2")
    assert (200, 2) == (page.status_code, len(page.json()["links"]))
    code = page.json()["links"][0]["shortCode"]
    assert code == (await demo.public.get(f"/public/v1/links/{code}")).json()["shortCode"]
