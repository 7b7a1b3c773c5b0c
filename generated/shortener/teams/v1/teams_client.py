"""Typed clients of shortener/teams/v1/teams.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.shortener.teams.v1 import teams_pb2

GET_TEAM = Rpc(
    "shortener.teams.v1.TeamService/GetTeam",
    teams_pb2.GetTeamRequest,
    teams_pb2.Team,
    idempotent=True,
)
BATCH_GET_TEAMS = Rpc(
    "shortener.teams.v1.TeamService/BatchGetTeams",
    teams_pb2.BatchGetTeamsRequest,
    teams_pb2.BatchGetTeamsResponse,
    idempotent=True,
)
LIST_TEAMS = Rpc(
    "shortener.teams.v1.TeamService/ListTeams",
    teams_pb2.ListTeamsRequest,
    teams_pb2.ListTeamsResponse,
    idempotent=True,
)
GET_MEMBERSHIP = Rpc(
    "shortener.teams.v1.TeamService/GetMembership",
    teams_pb2.GetMembershipRequest,
    teams_pb2.Membership,
    idempotent=True,
)
BATCH_GET_MEMBERSHIPS = Rpc(
    "shortener.teams.v1.TeamService/BatchGetMemberships",
    teams_pb2.BatchGetMembershipsRequest,
    teams_pb2.BatchGetMembershipsResponse,
    idempotent=True,
)
LIST_MEMBERSHIPS = Rpc(
    "shortener.teams.v1.TeamService/ListMemberships",
    teams_pb2.ListMembershipsRequest,
    teams_pb2.ListMembershipsResponse,
    idempotent=True,
)


class TeamServiceClient(ServiceClient):
    """Teams that share links, and who belongs to them. A user belongs to one team at most."""

    SERVICE = "shortener.teams.v1.TeamService"

    @carries(GET_TEAM)
    async def get_team(self, *, team_id: str) -> teams_pb2.Team:
        """Returns one team. Fails with NOT_FOUND when there is no such team.

        team_id  The team's id.
        """
        return await self._call.unary(GET_TEAM, teams_pb2.GetTeamRequest(team_id=team_id))

    @carries(BATCH_GET_TEAMS)
    async def batch_get_teams(self, *, team_ids: Iterable[str]) -> teams_pb2.BatchGetTeamsResponse:
        """Returns many teams by their ids, in the order of the ids. Unknown ids are left out of
        the reply.

        team_ids  The ids of the teams, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_TEAMS,
            teams_pb2.BatchGetTeamsRequest(team_ids=team_ids),
        )

    @carries(LIST_TEAMS)
    async def list_teams(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> teams_pb2.ListTeamsResponse:
        """Lists all teams, page by page.

        page_size   How many teams to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_TEAMS,
            teams_pb2.ListTeamsRequest(page_size=page_size, page_token=page_token),
        )

    @carries(GET_MEMBERSHIP)
    async def get_membership(self, *, user_id: str) -> teams_pb2.Membership:
        """Returns the membership of one user, with the team. Fails with NOT_FOUND for a user
        without a team.

        user_id  The user's id.
        """
        return await self._call.unary(
            GET_MEMBERSHIP,
            teams_pb2.GetMembershipRequest(user_id=user_id),
        )

    @carries(BATCH_GET_MEMBERSHIPS)
    async def batch_get_memberships(
        self,
        *,
        user_ids: Iterable[str],
    ) -> teams_pb2.BatchGetMembershipsResponse:
        """Returns the memberships of many users. Users without a team are left out of the
        reply.

        user_ids  The ids of the users, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_MEMBERSHIPS,
            teams_pb2.BatchGetMembershipsRequest(user_ids=user_ids),
        )

    @carries(LIST_MEMBERSHIPS)
    async def list_memberships(
        self,
        *,
        team_id: str | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> teams_pb2.ListMembershipsResponse:
        """Lists who belongs to a team, page by page.

        team_id     Only the members of this team. Empty for all teams.
        page_size   How many memberships to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_MEMBERSHIPS,
            teams_pb2.ListMembershipsRequest(
                team_id=team_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )
