"""The demo's other screens: what each shows to whom, how many rpcs it takes, and how few bytes."""

import pytest

from tests.journeys.conftest import Demo

UNREAD = "activity.notifications.v1.NotificationService/GetUnreadCount"
TOTALS = "shortener.stats.v1.StatsService/GetTotals"
NAMES = {"ada": "Ada Lovelace", "bob": "Bob O’Neill", "cleo": "Cléo Müller-Ångström"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


def asked(demo: Demo) -> list[str]:
    """The rpcs that were called, by their short names, sorted."""
    return sorted(one.rpartition("/")[2] for one in demo.services.record.methods)


async def shown_at_once(demo: Demo, path: str) -> int:
    """How many of the screen's rpcs are in flight together, by the services' own record."""
    await demo.get(path)
    for method in set(demo.services.record.methods):
        demo.services.faults.set(method, delay_ms=60)
    demo.services.record.clear()
    assert 200 == (await demo.get(path)).status_code
    return demo.services.record.peak()


@pytest.mark.parametrize(("name", "unread"), [("ada", 16), ("bob", 9), ("cleo", 15)])
async def test_mobile_activity_is_a_name_and_a_number(demo: Demo, name: str, unread: int):
    answer = await demo.get("/mobile/v1/activity", by=name)

    assert {"user": {"id": name, "name": NAMES[name]}, "unreadCount": unread} == answer.json()
    assert ["GetUnreadCount", "GetUser"] == asked(demo)
    assert len(answer.content) <= 100


async def test_mobile_activity_without_the_bell_is_still_a_name(demo: Demo):
    demo.services.faults.set(UNREAD, status="UNAVAILABLE")
    body = (await demo.get("/mobile/v1/activity")).json()

    assert ("Ada Lovelace", None) == (body["user"]["name"], body["unreadCount"])
    assert ["/unreadCount"] == [one["path"] for one in body["errors"]]


async def test_web_activity_has_fifty_activities_charts_and_twenty_recommendations(demo: Demo):
    body = (await demo.get("/web/v1/activity")).json()

    assert ["user", "activities", "analytics", "recommendations"] == list(body)
    assert ("ADMIN", "dark") == (body["user"]["role"], body["user"]["preferences"]["theme"])
    assert (50, 20) == (len(body["activities"]), len(body["recommendations"]))
    assert 30 == len(body["analytics"]["daily"])
    assert {"BR", "JP", "US"} <= set(body["analytics"]["countries"])
    assert ["GetTotals", "GetUser", "ListActivities", "ListRecommendations"] == asked(demo)


async def test_an_activity_is_about_one_thing_and_says_which(demo: Demo):
    body = (await demo.get("/web/v1/activity")).json()
    subjects = ("linkMilestone", "projectComment", "completedTodoId")

    for one in body["activities"]:
        assert [one["about"]] == [name for name in subjects if one[name] is not None]
    assert {"code": "m0003", "clicks": 2**53 + 3} == body["activities"][3]["linkMilestone"]


async def test_recommendations_are_remembered_and_nobody_sees_anothers(demo: Demo):
    """They change slowly: for half a minute they are not asked for again."""
    ada, bob = demo.bearer("ada"), demo.bearer("bob")
    first, again, others = [
        (await demo.public.get("/web/v1/activity", headers=who)).json()["recommendations"]
        for who in (ada, ada, bob)
    ]

    assert first == again
    assert (3, 2) == tuple(map(asked(demo).count, ("ListActivities", "ListRecommendations")))
    assert {"bob"} == {one["id"].split("-")[1] for one in others}


async def test_home_shows_the_five_newest_posts_and_the_numbers(demo: Demo):
    body = (await demo.get("/web/v1/home")).json()

    assert ["user", "posts", "stats"] == list(body)
    assert [f"post-{number}" for number in (1, 51, 101, 151, 201)] == [
        one["id"] for one in body["posts"]
    ]
    assert "6.985s" == body["posts"][0]["readingTime"]
    assert {"linkCount": 40, "clicks": 1_791_876} == body["stats"]


@pytest.mark.parametrize(
    ("path", "together"),
    [
        ("/mobile/v1/activity", 2),
        ("/mobile/v1/products/p-1", 3),
        ("/web/v1/home", 3),
        ("/desktop/v1/dashboard", 6),
        # what depends on something comes later, but not what does not
        ("/web/v1/products/p-1", 5),
        ("/web/v1/projects/project-2/full", 2),
    ],
)
async def test_all_that_can_be_asked_at_once_is(demo: Demo, path: str, together: int):
    assert together == await shown_at_once(demo, path)


async def test_a_project_is_shown_with_its_people_and_its_comments(demo: Demo):
    body = (await demo.get("/web/v1/projects/project-2/full")).json()

    assert ["project", "lead", "members", "comments", "nextCursor"] == list(body)
    assert ("project-2", "ACTIVE", 15) == (
        body["project"]["id"],
        body["project"]["state"],
        body["project"]["commentCount"],
    )
    assert ("bob", ["user-113"]) == (body["lead"]["id"], [one["id"] for one in body["members"]])
    assert 15 == len(body["comments"])
    assert all(one["author"]["name"] for one in body["comments"])
    assert ["BatchGetUsers", "BatchGetUsers", "GetProject", "ListComments"] == asked(demo)


async def test_a_project_without_members_asks_for_none(demo: Demo):
    body = (await demo.get("/web/v1/projects/project-1/full")).json()

    assert ([], 50) == (body["members"], len(body["comments"]))
    assert 1 == asked(demo).count("BatchGetUsers")


async def test_the_next_page_of_comments_goes_on_where_the_first_ended(demo: Demo):
    path = "/web/v1/projects/project-1/full"
    first = (await demo.get(path)).json()
    second = (await demo.get(f"{path}?cursor={first['nextCursor']}")).json()

    assert 0 < len(second["comments"]) < 50
    assert not {one["id"] for one in first["comments"]} & {one["id"] for one in second["comments"]}
    assert "" == second["nextCursor"]


async def test_a_project_that_does_not_exist_is_a_404(demo: Demo):
    assert 404 == (await demo.get("/web/v1/projects/project-0/full")).status_code


async def test_the_mobile_product_page_is_three_calls_and_small(demo: Demo):
    answer = await demo.get("/mobile/v1/products/p-1")

    body = answer.json()
    keys = ["title", "price", "rating", "reviewCount", "stock", "imageUrl"]
    assert (keys, "https://img.example/p/p-1-1.jpg") == (list(body), body["imageUrl"])
    assert ["GetPrice", "GetProduct", "GetStock"] == asked(demo)
    assert len(answer.content) <= 400


async def test_the_public_product_page_has_no_history_and_anybody_may_keep_it(demo: Demo):
    path = "/public/v1/products/p-2"
    answer, again = await demo.public.get(path), await demo.public.get(path)

    assert (200, "public, max-age=60, stale-while-revalidate=120") == (
        answer.status_code,
        answer.headers["cache-control"],
    )
    assert ["title", "price", "stock", "seller", "reviews", "description"] == list(answer.json())
    assert ("MISS", "HIT") == tuple(one.headers["x-cache-status"] for one in (answer, again))
    assert answer.content == again.content
    assert ["BatchGetUsers", "GetPrice", "GetProduct", "GetStock", "ListReviews"] == asked(demo)


async def test_a_product_without_reviews_has_an_empty_list_of_them(demo: Demo):
    body = (await demo.get("/web/v1/products/p-400")).json()

    assert ([], []) == (body["reviews"], body["errors"])
    assert body["seller"]["name"]


async def test_the_desktop_dashboard_is_that_of_the_web_with_more(demo: Demo):
    web, desktop = [(await demo.get(f"/{one}/v1/dashboard")).json() for one in ("web", "desktop")]
    more = {key: value for key, value in desktop.items() if key not in web}

    assert web == {key: desktop[key] for key in web}
    assert (["totals", "unreadCount"], 40, 16) == (
        list(more),
        more["totals"]["linkCount"],
        more["unreadCount"],
    )


async def test_the_sums_down_cost_the_desktop_its_charts_only(demo: Demo):
    demo.services.faults.set(TOTALS, status="UNAVAILABLE")
    body = (await demo.get("/desktop/v1/dashboard")).json()

    assert (["/totals"], 16) == ([one["path"] for one in body["errors"]], body["unreadCount"])


@pytest.mark.parametrize(
    "path", ["/mobile/v1/activity", "/web/v1/home", "/desktop/v1/dashboard", "/web/v1/products/p-1"]
)
async def test_what_is_somebodys_own_needs_a_token(demo: Demo, path: str):
    assert 401 == (await demo.public.get(path)).status_code
    assert [] == demo.services.record.methods
