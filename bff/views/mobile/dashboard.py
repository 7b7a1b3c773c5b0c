"""The mobile dashboard: who you are, and your ten newest links. Small, for bad connections."""

from bff.compose.view import View, call
from bff.views.fragments.me import Me
from bff.views.shapes.links import LinkCard
from bff.views.shapes.people import Face
from generated.shortener.links.v1.links_client import LinkServiceClient


class Dashboard(Me, View, get="/v1/dashboard", client="mobile", deadline_ms=250):
    """The caller's ten newest links.

    Sends no more than a phone shows: at most 1.5 KB.
    """

    user: Face = Face.of(Me._user)
    links: list[LinkCard] = LinkCard.each(
        call(LinkServiceClient.list_links, owner_id=Me.me, page_size=10).links
    )
