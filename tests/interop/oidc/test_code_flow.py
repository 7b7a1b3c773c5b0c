"""The code flow without a browser, as the client that shows its secret in the form, and for an API
of its own (RFC 8707).
"""

import re
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from bff.guard.tokens.compact import read_token
from tests.interop.oidc.served import RESOURCE, web_of

pytestmark = pytest.mark.asyncio(loop_scope="package")
_ACTION = re.compile(r'action="([^"]+)"')
_HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


class Browser:
    """Keeps Secure cookies for http://localhost, as browsers do and httpx does not."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._jars: dict[str, dict[str, str]] = {}

    async def go(self, url: str, form: dict[str, str] | None = None) -> httpx.Response:
        """Over every redirect."""
        jar = self._jars.setdefault(urlsplit(url).netloc, {})
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        headers["sec-fetch-site"] = "same-origin"
        answer = await self._client.request(
            "POST" if form else "GET", url, data=form, headers=headers
        )
        for line in answer.headers.get_list("set-cookie"):
            jar |= {name: one.value for name, one in SimpleCookie(line).items()}
        if answer.is_redirect:
            return await self.go(urljoin(url, answer.headers["location"]))
        return answer

    async def submit(self, page: httpx.Response, **given: str) -> httpx.Response:
        """The page's form."""
        found = _ACTION.search(page.text)
        assert found, page.text
        form = {name: unescape(value) for name, value in _HIDDEN.findall(page.text)}
        return await self.go(urljoin(str(page.url), unescape(found[1])), {**form, **given})


async def test_a_sign_in_with_the_secret_in_the_form_gives_tokens_for_the_api() -> None:
    async with web_of(way=1) as web, httpx.AsyncClient() as client:
        browser = Browser(client)
        page = await browser.go(f"{web.origin}/bff/login?returnUrl=/docs")
        page = await browser.submit(page, login="bob", password="any")
        landed = await browser.submit(page)
        user = (await browser.go(f"{web.origin}/bff/user")).json()
        web.services.record.clear()
        calls = (await browser.go(f"{web.origin}/v1/todos?pageSize=1")).status_code
        (sent,) = [dict(call.metadata)["authorization"] for call in web.services.record.calls]
    assert "0;url=/docs" in landed.text
    assert ({"sub": "bob", "name": "Name of bob"}, 200) == (user["claims"], calls)
    assert RESOURCE == audience_of(str(sent).removeprefix("Bearer "))


def audience_of(token: str) -> object:
    return read_token(token).claims["aud"]
