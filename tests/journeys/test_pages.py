"""The demo's pages: the home page and a project, as fragments of HTML."""

import re
from html import unescape

import pytest

from tests.journeys.conftest import Demo

HOME, PROJECT = "/web/v1/home", "/web/v1/projects/project-2/full"
HTML = "text/html; charset=utf-8"
POSTS = "projects.posts.v1.PostService/ListPosts"
TOTALS = "shortener.stats.v1.StatsService/GetTotals"
COMMENTS = "projects.comments.v1.CommentService/ListComments"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def fragment(demo: Demo, path: str) -> str:
    answer = await demo.get(path, **{"hx-request": "true"})
    assert (200, HTML) == (answer.status_code, answer.headers["content-type"])
    return unescape(answer.text)


async def test_the_home_page_says_what_its_json_says(demo: Demo):
    text, body = await fragment(demo, HOME), (await demo.get(HOME)).json()

    assert f"<h1>Hello, {body['user']['name']}</h1>" in text
    assert f"Your {body['stats']['linkCount']} links were followed" in text
    assert [one["title"] for one in body["posts"]] == re.findall("<h3>(.*)</h3>", text)


async def test_the_home_page_says_what_could_not_be_had(demo: Demo):
    demo.services.faults.set(TOTALS, status="UNAVAILABLE")
    demo.services.faults.set(POSTS, status="UNAVAILABLE")
    text = await fragment(demo, HOME)

    assert "Your numbers are not there right now." in text
    assert f'hx-get="{HOME}?fields=posts"' in text


async def test_a_project_comes_first_and_its_comments_load_themselves(demo: Demo):
    text, body = await fragment(demo, PROJECT), (await demo.get(PROJECT)).json()
    demo.services.record.clear()
    [url] = re.findall('class="bff-later"[^>]* hx-get="([^"]+)"', text)
    part = await fragment(demo, url)

    assert f"<h1>{body['project']['title']}</h1>" in text
    assert len(body["comments"]) == part.count("<li id=")
    assert {COMMENTS, "identity.users.v1.UserService/BatchGetUsers"} == set(
        demo.services.record.methods
    )


async def test_nobody_is_a_page_too_with_the_status_of_a_refusal(demo: Demo):
    answer = await demo.public.get(HOME, headers={"accept": "text/html"})
    assert (401, HTML, True) == (
        answer.status_code,
        answer.headers["content-type"],
        "www-authenticate" in answer.headers,
    )
