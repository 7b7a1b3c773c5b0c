"""Who may make the BFF forget, and what it says then."""

from collections.abc import Sequence

import httpx
import pytest

from bff.edge.purge import AdminOptions, Purge, purging
from bff.edge.shell import shell
from bff.terms.mistakes import ContractMistake

TOKEN = "a-token-of-the-operator"
PATH = "/admin/cache/purge"


class Admin:
    """An admin port with nothing but the purge on it."""

    def __init__(self) -> None:
        self.purged: list[Sequence[str]] = []

    async def purge(self, tags: Sequence[str]) -> int:
        self.purged.append(tags)
        return 3

    async def post(
        self,
        body: bytes = b'{"tags": ["Product/p-1"]}',
        *,
        authorization: str | None = f"Bearer {TOKEN}",
        token: str = TOKEN,
        purge: Purge | None = None,
    ) -> httpx.Response:
        app = shell([purging(purge or self.purge, AdminOptions(token=token))])
        transport = httpx.ASGITransport(app=app)
        headers = {} if authorization is None else {"authorization": authorization}
        async with httpx.AsyncClient(transport=transport, base_url="http://bff.test") as client:
            return await client.post(PATH, content=body, headers=headers)


@pytest.fixture
def admin() -> Admin:
    return Admin()


async def test_it_forgets_by_tags_and_says_how_much(admin: Admin):
    found = await admin.post(b'{"tags": ["a", "b"]}')
    assert (200, {"purged": 3}, "no-store") == (
        found.status_code,
        found.json(),
        found.headers["cache-control"],
    )
    assert [("a", "b")] == admin.purged


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN],
)
async def test_without_the_operators_token_it_is_a_401(admin: Admin, authorization: str | None):
    found = await admin.post(authorization=authorization)
    assert (401, "Bearer", []) == (
        found.status_code,
        found.headers["www-authenticate"],
        admin.purged,
    )


async def test_the_scheme_is_read_in_any_case(admin: Admin):
    assert 200 == (await admin.post(authorization=f"bearer {TOKEN}")).status_code


async def test_where_no_token_is_set_nobody_can_purge_and_the_answer_says_what_to_set(admin: Admin):
    found = await admin.post(authorization="Bearer ", token="")
    assert (403, "Purging is off: set BFF_ADMIN_TOKEN.", []) == (
        found.status_code,
        found.json()["detail"],
        admin.purged,
    )


@pytest.mark.parametrize(
    "body, status",
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"tags": []}', 400),
        (b'{"tags": "a"}', 400),
        (b'{"tags": ["a", 1]}', 400),
        (b'{"tags": [""]}', 400),
        (b'{"tags": ["a"], "all": true}', 400),
        (b'{"tags": ["a"], "tags": ["b"]}', 400),
        (b'{"tags": [' + b'"a",' * 2_000 + b'"a"]}', 400),
        (b" " * 300_000, 413),
    ],
)
async def test_anything_but_a_list_of_tags_is_refused(admin: Admin, body: bytes, status: int):
    assert (status, []) == ((await admin.post(body)).status_code, admin.purged)


async def test_with_nothing_remembered_nothing_is_purged():
    app = shell([purging(None, AdminOptions(token=TOKEN))])
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bff.test") as client:
        found = await client.post(
            PATH, json={"tags": ["a"]}, headers={"authorization": f"Bearer {TOKEN}"}
        )
    assert {"purged": 0} == found.json()


def test_a_token_that_can_be_guessed_is_a_mistake():
    with pytest.raises(ContractMistake, match="at least 16 characters"):
        AdminOptions(token="short")


def test_a_token_is_never_shown():
    assert TOKEN not in repr(AdminOptions(token=TOKEN))
