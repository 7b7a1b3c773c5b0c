"""The users of all systems: `ada`, `bob`, `cleo` and 197 others.

Called by systems.py; the other service files take user ids from here.
Never     changes a user.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import ClassVar, Final

from google.protobuf.descriptor import ServiceDescriptor

from fake_services.doors import Context
from fake_services.shelf import Shelf
from fake_services.words import LOCALES, PEOPLE, PRONOUNS, SENTENCES, before
from generated.identity.users.v1 import users_pb2 as pb

_ROLES: Final = (pb.USER_ROLE_MEMBER,) * 3 + (pb.USER_ROLE_EDITOR,)
USER_IDS: Final = ("ada", "bob", "cleo", *(f"user-{number}" for number in range(4, 201)))


class UserService:
    """identity.users.v1.UserService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = pb.DESCRIPTOR.services_by_name["UserService"]

    def __init__(self) -> None:
        self._users = Shelf("user_id", _users())

    async def GetUser(self, request: pb.GetUserRequest, context: Context) -> pb.User:
        return self._users.get(request.user_id)

    async def BatchGetUsers(
        self, request: pb.BatchGetUsersRequest, context: Context
    ) -> pb.BatchGetUsersResponse:
        users = self._users.batch(request.user_ids, field="user_ids")
        return pb.BatchGetUsersResponse(users=users)

    async def ListUsers(
        self, request: pb.ListUsersRequest, context: Context
    ) -> pb.ListUsersResponse:
        users, token = self._users.page(request)
        return pb.ListUsersResponse(users=users, next_page_token=token)


def _users() -> Iterator[pb.User]:
    random = Random("users")
    for index, user_id in enumerate(USER_IDS):
        yield _user(index, user_id, random)


def _user(index: int, user_id: str, random: Random) -> pb.User:
    name = PEOPLE[index % len(PEOPLE)]
    user = pb.User(
        user_id=user_id,
        display_name=name if index < len(PEOPLE) else f"{name} {index // len(PEOPLE) + 1}",
        avatar_url=f"https://img.example/u/{user_id}.png" if index % 7 != 6 else "",
        email=f"{user_id}@mail.example",
        locale=LOCALES[index % len(LOCALES)],
        bio=SENTENCES[index % len(SENTENCES)],
        role=pb.USER_ROLE_ADMIN if index == 0 else random.choice(_ROLES),
        create_time=before(timedelta(days=2000 - index * 7, seconds=random.randint(0, 86_400))),
        preferences={"theme": random.choice(("dark", "light")), "größe": "M"},
        password_hash=f"CANARY-password-hash-{user_id}",
        internal_notes=f"CANARY-internal-notes-{user_id}",
    )
    if index % 9 != 8:
        user.last_seen_time.CopyFrom(before(timedelta(seconds=random.randint(0, 10_000_000))))
    if index % 3 == 0:
        user.pronouns = PRONOUNS[index % len(PRONOUNS)]
    if index % 2:
        user.free_link_limit = 50
    else:
        user.paid_plan = "Équipe"
    return user
