"""The demo's page and its switches, as the demo's BFF serves them; a browser drives it in e2e."""

import pytest
from httpx import ASGITransport, AsyncClient

from fake_services import page

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
async def browser(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_SERVICES_STATE", str(tmp_path))
    async with AsyncClient(transport=ASGITransport(app=page.app), base_url="http://t") as client:
        yield client


async def test_it_loads_nothing_from_elsewhere(browser):
    answer = await browser.get("/")
    assert (200, "text/html; charset=utf-8") == (
        answer.status_code,
        answer.headers["content-type"],
    )
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert 0 == answer.text.count("//")
    assert "style=" not in answer.text
    assert len(page.SWITCHES) == answer.text.count("data-service=")


@pytest.mark.parametrize("kind", ["css", "js", "svg"])
async def test_its_files_are_there(browser, kind):
    answer = await browser.get(f"/demo/page.{kind}")
    assert (200, "nosniff") == (answer.status_code, answer.headers["x-content-type-options"])


async def test_no_other_file_is(browser):
    assert 404 == (await browser.get("/demo/page.html")).status_code


async def test_a_page_of_somebody_else_turns_no_switch(browser):
    asked = {"service": page.SWITCHES[0], "mode": "failing"}
    assert 403 == (await browser.post("/demo/switches", json=asked)).status_code


@pytest.mark.parametrize(
    "asked", [{"service": "a.B", "mode": "slow"}, {"service": page.SWITCHES[0], "mode": "gone"}, {}]
)
async def test_what_is_no_switch_is_named(browser, asked):
    answer = await browser.post("/demo/switches", json=asked, headers={"X-CSRF": "1"})
    assert 400 == answer.status_code
    assert repr(asked.get("service")) in answer.json()["detail"]


async def test_without_services_it_says_what_to_start(browser):
    asked = {"service": page.SWITCHES[0], "mode": "failing"}
    answer = await browser.post("/demo/switches", json=asked, headers={"X-CSRF": "1"})
    assert 503 == answer.status_code
    assert "python -m fake_services" in answer.json()["detail"]
