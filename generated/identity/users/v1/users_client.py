"""Typed clients of identity/users/v1/users.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.identity.users.v1 import users_pb2

GET_USER = Rpc(
    "identity.users.v1.UserService/GetUser",
    users_pb2.GetUserRequest,
    users_pb2.User,
    idempotent=True,
)
BATCH_GET_USERS = Rpc(
    "identity.users.v1.UserService/BatchGetUsers",
    users_pb2.BatchGetUsersRequest,
    users_pb2.BatchGetUsersResponse,
    idempotent=True,
)
LIST_USERS = Rpc(
    "identity.users.v1.UserService/ListUsers",
    users_pb2.ListUsersRequest,
    users_pb2.ListUsersResponse,
    idempotent=True,
)


class UserServiceClient(ServiceClient):
    """People who have an account. Every system of the demo asks this service who somebody is."""

    SERVICE = "identity.users.v1.UserService"

    @carries(GET_USER)
    async def get_user(self, *, user_id: str) -> users_pb2.User:
        """Returns one user. Fails with NOT_FOUND when there is no such user.

        user_id  The user's id.
        """
        return await self._call.unary(GET_USER, users_pb2.GetUserRequest(user_id=user_id))

    @carries(BATCH_GET_USERS)
    async def batch_get_users(self, *, user_ids: Iterable[str]) -> users_pb2.BatchGetUsersResponse:
        """Returns many users by their ids, in the order of the ids. Unknown ids are left out of
        the reply.

        user_ids  The ids of the users, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_USERS,
            users_pb2.BatchGetUsersRequest(user_ids=user_ids),
        )

    @carries(LIST_USERS)
    async def list_users(
        self,
        *,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> users_pb2.ListUsersResponse:
        """Lists all users, page by page.

        page_size   How many users to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_USERS,
            users_pb2.ListUsersRequest(page_size=page_size, page_token=page_token),
        )
