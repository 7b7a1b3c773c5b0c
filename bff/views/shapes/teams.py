"""Teams, as their members see them."""

from bff.compose.view import Shape, src, word
from generated.shortener.teams.v1.teams_pb2 import Membership


class TeamCard(Shape[Membership]):
    """A user's team and their role in it."""

    membership = src(Membership)
    id: str = membership.team.team_id
    name: str = membership.team.display_name
    members: int = membership.team.member_count
    role: str = word(membership.role)
