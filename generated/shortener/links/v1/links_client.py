"""Typed clients of shortener/links/v1/links.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shortener.links.v1 import links_pb2

GET_LINK = Rpc(
    "shortener.links.v1.LinkService/GetLink",
    links_pb2.GetLinkRequest,
    links_pb2.Link,
    idempotent=True,
)
BATCH_GET_LINKS = Rpc(
    "shortener.links.v1.LinkService/BatchGetLinks",
    links_pb2.BatchGetLinksRequest,
    links_pb2.BatchGetLinksResponse,
    idempotent=True,
)
LIST_LINKS = Rpc(
    "shortener.links.v1.LinkService/ListLinks",
    links_pb2.ListLinksRequest,
    links_pb2.ListLinksResponse,
    idempotent=True,
)


class LinkServiceClient(ServiceClient):
    """Short links and where they lead."""

    SERVICE = "shortener.links.v1.LinkService"

    @carries(GET_LINK)
    async def get_link(self, *, code: str) -> links_pb2.Link:
        """Returns one link by its short code. Fails with NOT_FOUND when there is no such link.

        code  The link's short code.
        """
        return await self._call.unary(GET_LINK, links_pb2.GetLinkRequest(code=code))

    @carries(BATCH_GET_LINKS)
    async def batch_get_links(self, *, codes: Iterable[str]) -> links_pb2.BatchGetLinksResponse:
        """Returns many links by their codes, in the order of the codes. Unknown codes are left
        out of the reply.

        codes  The short codes of the links, at most 100.
        """
        return await self._call.unary(BATCH_GET_LINKS, links_pb2.BatchGetLinksRequest(codes=codes))

    @carries(LIST_LINKS)
    async def list_links(
        self,
        *,
        owner_id: str | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> links_pb2.ListLinksResponse:
        """Lists links, newest first: all of them, or those of one owner.

        owner_id    Only the links of this user. Empty for everybody's.
        page_size   How many links to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_LINKS,
            links_pb2.ListLinksRequest(
                owner_id=owner_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )
