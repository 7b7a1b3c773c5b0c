"""publish/pages: the document and the page to read it on, closed to all that is foreign."""

import asyncio
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

import bff.publish.openapi
import bff.publish.pages
from bff.compose.blueprint import Blueprint
from bff.publish.openapi import document
from bff.publish.pages import holds, pages
from tests.publish.endpoints import blueprint, endpoint

ASSETS = Path(bff.publish.pages.__file__).parent / "assets"


class Client:
    """Asks an app one thing at a time, without a socket."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def get(self, path: str, headers: dict[str, str] | None = None) -> Response:
        return asyncio.run(self._ask("GET", path, headers or {}))

    def head(self, path: str) -> Response:
        return asyncio.run(self._ask("HEAD", path, {}))

    async def _ask(self, method: str, path: str, headers: dict[str, str]) -> Response:
        transport = ASGITransport(self._app)
        async with AsyncClient(transport=transport, base_url="http://bff") as client:
            return await client.request(method, path, headers=headers)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(Starlette(routes=pages(blueprint(endpoint("GET", "/v1/todos/{todo_id}")))))


class Links(HTMLParser):
    """Collects what a page loads, and whatever a strict policy would block."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.inline: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("script", "link", "img"):
            self.loaded.append(found.get("src") or found.get("href") or "")
        self._in_script = tag in ("script", "style")
        self.inline += [name for name in found if name == "style" or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.inline.append(data)


def directives(response: Response) -> dict[str, str]:
    policy = response.headers["content-security-policy"]
    return {part.split()[0]: " ".join(part.split()[1:]) for part in policy.split(";")}


def test_the_document_is_served_oa1(client: Client) -> None:
    assert (
        document(blueprint(endpoint("GET", "/v1/todos/{todo_id}")))
        == client.get("/openapi.json").json()
    )


def test_the_document_is_made_once_and_not_before_somebody_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That of 10,000 rpcs takes seconds, which no boot has."""
    made: list[str] = []

    def counted(one: Blueprint) -> dict[str, object]:
        made.append(one.title)
        return document(one)

    monkeypatch.setattr(bff.publish.openapi, "document", counted)
    client = Client(Starlette(routes=pages(blueprint())))
    assert [] == made
    assert [200, 200] == [client.get("/openapi.json").status_code for _ in range(2)]
    assert ["Todos & more"] == made


def test_the_document_is_json_that_nobody_sniffs(client: Client) -> None:
    headers = client.get("/openapi.json").headers

    assert ("application/json", "nosniff") == (
        headers["content-type"],
        headers["x-content-type-options"],
    )


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/assets/docs.js"])
def test_a_client_that_has_it_is_told_so(client: Client, path: str) -> None:
    tag = client.get(path).headers["etag"]
    again = client.get(path, headers={"if-none-match": f'"other", W/{tag}'})

    assert (304, b"", tag) == (again.status_code, again.content, again.headers["etag"])


@pytest.mark.parametrize("path", ["/openapi.json", "/docs", "/docs/assets/docs.js"])
def test_head_answers_what_get_does_without_the_body_ht1(client: Client, path: str) -> None:
    get, head = client.get(path), client.head(path)

    assert (get.headers, b"") == (head.headers, head.content)


def test_another_tag_is_no_match() -> None:
    assert [False, True, True] == [holds(sent, '"a"') for sent in ('"b"', '"b", "a"', "*")]


def test_the_page_loads_only_what_is_there(client: Client) -> None:
    """Every link is relative, so that the page works offline and behind a prefix."""
    loaded = Links(client.get("/docs").text).loaded

    assert 5 == len(loaded)
    assert [200] * 5 == [client.get(f"/{path}").status_code for path in loaded]


def test_the_page_holds_nothing_inline(client: Client) -> None:
    assert [] == Links(client.get("/docs").text).inline


def test_the_page_may_run_and_call_only_its_own_host(client: Client) -> None:
    found = directives(client.get("/docs"))

    assert ("'none'", "'self'", "'self'") == (
        found["default-src"],
        found["script-src"],
        found["connect-src"],
    )
    assert "unsafe" not in client.get("/docs").headers["content-security-policy"]


def test_the_page_tells_nobody_where_a_reader_came_from_and_is_in_no_frame(client: Client) -> None:
    page = client.get("/docs")

    assert ("no-referrer", "'none'") == (
        page.headers["referrer-policy"],
        directives(page)["frame-ancestors"],
    )


def test_the_title_cannot_break_out_of_the_page(client: Client) -> None:
    assert "<title>Todos &amp; more</title>" in client.get("/docs").text


def test_an_asset_asked_for_by_version_is_kept_forever(client: Client) -> None:
    (path,) = [one for one in Links(client.get("/docs").text).loaded if "bundle" in one]

    assert "public, max-age=31536000, immutable" == client.get(f"/{path}").headers["cache-control"]


def test_an_asset_asked_for_by_another_version_is_asked_for_again(client: Client) -> None:
    """An old page must not pin new bytes under the old name."""
    answer = client.get("/docs/assets/docs.js?v=old")

    assert "no-cache" == answer.headers["cache-control"]


@pytest.mark.parametrize(
    "name", ["README.md", "LICENSE", "docs.html", "..%2Fpages.py", "%2e%2e/pages.py"]
)
def test_only_what_the_page_needs_is_served(client: Client, name: str) -> None:
    assert 404 == client.get(f"/docs/assets/{name}").status_code


def test_assets_have_their_media_types(client: Client) -> None:
    names = ["docs.js", "swagger-ui.css", "favicon-32x32.png"]
    found = [client.get(f"/docs/assets/{name}").headers["content-type"] for name in names]

    assert ["text/javascript; charset=utf-8", "text/css; charset=utf-8", "image/png"] == found


def test_the_style_sheets_load_nothing_from_another_host() -> None:
    text = "".join((ASSETS / name).read_text() for name in ("swagger-ui.css", "docs.css"))

    schemes = set(re.findall(r"url\(\s*[\"']?([^:]*:?)", text))

    assert ({"data:"}, False) == (schemes, "@import" in text)


def test_the_page_asks_no_public_validator_and_obeys_no_link() -> None:
    script = (ASSETS / "docs.js").read_text()

    assert (True, True) == ("validatorUrl: null" in script, "queryConfigEnabled: false" in script)


def test_the_licence_and_version_of_what_is_vendored_are_named() -> None:
    text = (ASSETS / "README.md").read_text()
    version = re.search(r"swagger-ui-dist` (\d+\.\d+\.\d+)", text)

    assert version is not None
    assert version[1] in (ASSETS / "swagger-ui-bundle.js").read_text()
    assert [True] * 2 == [(ASSETS / name).exists() for name in ("LICENSE", "NOTICE")]
