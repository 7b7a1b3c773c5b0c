"""A view as HTML: fragments, documents, parts that load themselves, and failures."""

import re
from base64 import b64encode
from hashlib import sha384
from html import unescape

import pytest

from tests.journeys.faces.served import (
    AUTHORS,
    GOODS,
    PRODUCT,
    REVIEWS,
    STOCK,
    TITLES,
)

HTML = "text/html"
PAGE = "text/html; charset=utf-8"
LATER = re.compile(r'<li class="bff-later"[^>]* hx-get="([^"]+)"[^>]*></li>')
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_accepts_html_gets_a_fragment(faces):
    answer = await faces.get(accept=HTML)
    assert (200, PAGE) == (answer.status_code, answer.headers["content-type"])
    assert answer.text.startswith("<article>")
    assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_htmx_takes_anything_and_gets_a_fragment(faces):
    fragment = await faces.get(hx_request="true", accept="*/*")
    assert fragment.text == (await faces.get(accept=HTML)).text


async def test_a_program_gets_json_even_where_htmx_sent_it_on(faces):
    answers = [
        await faces.get(accept="*/*"),
        await faces.get(hx_request="true", accept="application/json"),
    ]
    assert ["application/json"] * 2 == [one.headers["content-type"] for one in answers]


async def test_a_browser_gets_a_document_around_the_fragment(faces):
    browsing = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "sec_fetch_dest": "document"}
    answer = await faces.get(**browsing)
    fragment = await faces.get(accept=HTML)
    assert answer.text.startswith("<!doctype html>")
    assert fragment.text.strip() in answer.text
    assert "<title>One product, &lt;all&gt; of it.</title>" in answer.text


async def test_caches_are_told_what_chooses_between_them(faces):
    answer = await faces.get(accept=HTML)
    assert {"accept", "hx-request", "sec-fetch-dest"} <= set(answer.headers["vary"].split(", "))


async def test_the_document_loads_our_htmx_and_nothing_else(faces):
    document = (await faces.get(accept=HTML, upgrade_insecure_requests="1")).text
    [source] = re.findall(r'src="([^"]+)"', document)
    [integrity] = re.findall(r'integrity="([^"]+)"', document)
    script = await faces.get(source)

    assert (200, True) == (script.status_code, source.startswith("/"))
    assert f"sha384-{b64encode(sha384(script.content).digest()).decode()}" == integrity
    assert "public, max-age=31536000, immutable" == script.headers["cache-control"]


async def test_what_is_deferred_is_not_asked_for_and_has_a_place_that_loads_it(faces):
    text = (await faces.get(f"{GOODS}?size=2", accept=HTML)).text
    assert [PRODUCT, STOCK] == faces.asked()
    [url] = LATER.findall(text)
    part = await faces.get(unescape(url), hx_request="true")

    assert f"{GOODS}?size=2&fields=reviews" == unescape(url)
    assert 2 == part.text.count("<li>")
    assert [AUTHORS, REVIEWS] == faces.asked()


async def test_a_place_remembers_the_version_that_was_asked_for(faces):
    assert (
        'hx-headers="{&#34;X-Version&#34;: &#34;b&#34;}"'
        in (await faces.get(accept=HTML, x_version="b")).text
    )


async def test_a_link_that_would_run_leads_nowhere_and_a_query_stays_text(faces):
    text = (await faces.get(f"{GOODS}?size=1&%22%3E%3Cb", accept=HTML)).text
    assert 400 == (await faces.get(f"{GOODS}?size=1&%22%3E%3Cb")).status_code
    assert "<b" not in text.replace("<body", "")
    assert '<a href="#">' in (await faces.get(accept=HTML)).text


async def test_a_part_that_failed_is_known_to_the_template(faces):
    faces.demo.services.faults.set(STOCK, status="UNAVAILABLE")
    answer = await faces.get(accept=HTML)
    assert (200, "false") == (answer.status_code, answer.headers["x-bff-complete"])
    assert "Stock unknown" in answer.text


async def test_a_deferred_part_that_failed_says_so_and_offers_another_try(faces):
    faces.demo.services.faults.set(REVIEWS, status="UNAVAILABLE")
    part = await faces.get(f"{GOODS}?fields=reviews", hx_request="true")
    assert part.text.startswith('<li class="bff-failed" role="alert">')
    assert f'hx-get="{GOODS}?fields=reviews"' in part.text


async def test_failures_inside_of_a_part_are_known_from_there(faces):
    faces.demo.services.faults.set(AUTHORS, status="UNAVAILABLE")
    part = await faces.get(f"{GOODS}?fields=reviews", hx_request="true")
    assert 3 == part.text.count("by somebody")


async def test_a_page_shows_members_as_a_whole(faces):
    answer = await faces.get(f"{GOODS}?fields=reviews.stars", accept=HTML)
    assert (400, PAGE) == (answer.status_code, answer.headers["content-type"])


async def test_a_failure_is_a_page_with_the_same_status(faces):
    faces.demo.services.faults.set(PRODUCT, status="UNAVAILABLE")
    fragment = await faces.get(accept=HTML)
    document = await faces.get(accept=HTML, sec_fetch_dest="document")
    program = await faces.get()

    assert [503] * 3 == [one.status_code for one in (fragment, document, program)]
    assert fragment.text.startswith('<section class="bff-problem" role="alert">')
    assert document.text.startswith("<!doctype html>")
    assert program.json()["detail"] in fragment.text
    assert ("1", "no-store") == (
        fragment.headers["retry-after"],
        fragment.headers["cache-control"],
    )


async def test_what_a_client_sent_is_escaped_in_a_failure(faces):
    answer = await faces.get(f"{GOODS}?%3Cscript%3E=1", accept=HTML)
    assert (400, False) == (answer.status_code, "<script>" in answer.text)


async def test_a_page_has_an_etag_of_its_own(faces):
    page, json = await faces.get(accept=HTML), await faces.get()
    again = await faces.get(accept=HTML, if_none_match=page.headers["etag"])
    assert (304, True) == (again.status_code, page.headers["etag"] != json.headers["etag"])


async def test_a_view_without_a_template_has_no_page(faces):
    assert 406 == (await faces.get(TITLES, accept=HTML)).status_code
    assert (
        "application/json" == (await faces.get(TITLES, hx_request="true")).headers["content-type"]
    )
