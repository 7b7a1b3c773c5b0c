"""Short links, on a phone and on a wide screen."""

from collections.abc import Mapping

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, Soft, call, each, match, principal, src
from generated.shortener.links.v1.links_pb2 import Link
from generated.shortener.stats.v1.stats_client import StatsServiceClient


class Coded(Shape[Link]):
    """A link by its code."""

    link = src(Link)
    code: str = link.short_code


class LinkCard(Coded):
    """One link of many on a small screen."""

    clicks: int = Coded.link.click_count_total
    url: str = Coded.link.destination


class WebLink(Coded):
    """One of the caller's links. `daily`, `countries` and `devices` are of the last thirty days.

    The statistics of all links are one call, which does not wait for the list of links.
    """

    _recent = match(
        call(
            StatsServiceClient.batch_get_daily_clicks, owner_id=principal().user_id, days=30
        ).daily_clicks,
        by="code",
        key=Coded.link.short_code,
    )

    url: str = Coded.link.destination
    title: str = Coded.link.title
    tags: list[str] = each(Coded.link.tags)
    custom_slug: str | None = Coded.link.custom_slug
    expire_time: Timestamp | None = Coded.link.expire_time
    clicks: int = Coded.link.click_count_total
    daily: Soft[list[int]] = each(_recent.daily)
    countries: Soft[Mapping[str, int]] = _recent.countries
    devices: Soft[Mapping[str, int]] = _recent.devices
