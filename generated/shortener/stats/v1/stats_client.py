"""Typed clients of shortener/stats/v1/stats.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shortener.stats.v1 import stats_pb2

GET_DAILY_CLICKS = Rpc(
    "shortener.stats.v1.StatsService/GetDailyClicks",
    stats_pb2.GetDailyClicksRequest,
    stats_pb2.DailyClicks,
    idempotent=True,
)
BATCH_GET_DAILY_CLICKS = Rpc(
    "shortener.stats.v1.StatsService/BatchGetDailyClicks",
    stats_pb2.BatchGetDailyClicksRequest,
    stats_pb2.BatchGetDailyClicksResponse,
    idempotent=True,
)
LIST_DAILY_CLICKS = Rpc(
    "shortener.stats.v1.StatsService/ListDailyClicks",
    stats_pb2.ListDailyClicksRequest,
    stats_pb2.ListDailyClicksResponse,
    idempotent=True,
)
GET_TOTALS = Rpc(
    "shortener.stats.v1.StatsService/GetTotals",
    stats_pb2.GetTotalsRequest,
    stats_pb2.Totals,
    idempotent=True,
)
BATCH_GET_TOTALS = Rpc(
    "shortener.stats.v1.StatsService/BatchGetTotals",
    stats_pb2.BatchGetTotalsRequest,
    stats_pb2.BatchGetTotalsResponse,
    idempotent=True,
)
LIST_TOTALS = Rpc(
    "shortener.stats.v1.StatsService/ListTotals",
    stats_pb2.ListTotalsRequest,
    stats_pb2.ListTotalsResponse,
    idempotent=True,
)


class StatsServiceClient(ServiceClient):
    """How often links were followed: by day for one link, and in total for one owner."""

    SERVICE = "shortener.stats.v1.StatsService"

    @carries(GET_DAILY_CLICKS)
    async def get_daily_clicks(
        self,
        *,
        code: str,
        days: int | None = None,
    ) -> stats_pb2.DailyClicks:
        """Returns the clicks of one link by day. Fails with NOT_FOUND when there is no such
        link.

        code  The link's short code.
        days  How many days; 0 means 30, and at most 90.
        """
        return await self._call.unary(
            GET_DAILY_CLICKS,
            stats_pb2.GetDailyClicksRequest(code=code, days=days),
        )

    @carries(BATCH_GET_DAILY_CLICKS)
    async def batch_get_daily_clicks(
        self,
        *,
        codes: Iterable[str] | None = None,
        owner_id: str | None = None,
        days: int | None = None,
        limit: int | None = None,
    ) -> stats_pb2.BatchGetDailyClicksResponse:
        """Returns the clicks of many links by day: of the codes given, or of the newest links
        of one owner.
        Asking by owner needs no list of links first. Unknown codes are left out of the reply.

        codes     The short codes of the links, at most 100.
        owner_id  All of this user's newest links.
        days      How many days; 0 means 30, and at most 90.
        limit     With `owner_id`: how many of the newest links; 0 means 100, and more than 1000
                  means 1000.
        """
        return await self._call.unary(
            BATCH_GET_DAILY_CLICKS,
            stats_pb2.BatchGetDailyClicksRequest(
                codes=codes,
                owner_id=owner_id,
                days=days,
                limit=limit,
            ),
        )

    @carries(LIST_DAILY_CLICKS)
    async def list_daily_clicks(
        self,
        *,
        days: int | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> stats_pb2.ListDailyClicksResponse:
        """Lists the clicks by day of all links, newest link first, page by page.

        days        How many days; 0 means 30, and at most 90.
        page_size   How many links to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_DAILY_CLICKS,
            stats_pb2.ListDailyClicksRequest(days=days, page_size=page_size, page_token=page_token),
        )

    @carries(GET_TOTALS)
    async def get_totals(self, *, owner_id: str) -> stats_pb2.Totals:
        """Returns the sums over all links of one owner. An owner without links has zeros.

        owner_id  The id of the user who owns the links.
        """
        return await self._call.unary(GET_TOTALS, stats_pb2.GetTotalsRequest(owner_id=owner_id))

    @carries(BATCH_GET_TOTALS)
    async def batch_get_totals(
        self,
        *,
        owner_ids: Iterable[str],
    ) -> stats_pb2.BatchGetTotalsResponse:
        """Returns the sums for many owners, in the order of the request.

        owner_ids  The ids of the users who own the links, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_TOTALS,
            stats_pb2.BatchGetTotalsRequest(owner_ids=owner_ids),
        )

    @carries(LIST_TOTALS)
    async def list_totals(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> stats_pb2.ListTotalsResponse:
        """Lists the sums of every owner who has a link, page by page.

        page_size   How many owners to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_TOTALS,
            stats_pb2.ListTotalsRequest(page_size=page_size, page_token=page_token),
        )
