"""The sums over all links of a user, for charts."""

from collections.abc import Mapping

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, each, src
from generated.shortener.stats.v1.stats_pb2 import Totals


class Sums(Shape[Totals]):
    """How many links, and how often they were followed."""

    totals = src(Totals)
    link_count: int = totals.link_count
    clicks: int = totals.click_count_total


class Charts(Sums):
    """... and when, from where and with which devices, in the last thirty days."""

    daily: list[int] = each(Sums.totals.daily)
    countries: Mapping[str, int] = Sums.totals.countries
    devices: Mapping[str, int] = Sums.totals.devices
    conversion_rate: float | None = Sums.totals.conversion_rate
    as_of_time: Timestamp | None = Sums.totals.as_of_time
