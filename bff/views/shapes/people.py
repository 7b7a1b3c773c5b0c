"""Users, as strangers and as they themselves see them. What is not declared is never shown."""

from collections.abc import Mapping

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, src, word
from generated.identity.users.v1.users_pb2 import User


class Face(Shape[User]):
    """A user in two fields."""

    user = src(User)
    name: str = user.display_name
    avatar_url: str = user.avatar_url


class UserName(Shape[User]):
    """A user, to be called by name."""

    user = src(User)
    id: str = user.user_id
    name: str = user.display_name


class Person(UserName):
    """A user as strangers see them."""

    avatar_url: str = UserName.user.avatar_url


class Profile(Person):
    """A user as they see themselves."""

    email: str = Person.user.email
    locale: str = Person.user.locale
    bio: str = Person.user.bio
    role: str = word(Person.user.role)
    pronouns: str | None = Person.user.pronouns
    preferences: Mapping[str, str] = Person.user.preferences
    create_time: Timestamp | None = Person.user.create_time
    last_seen_time: Timestamp | None = Person.user.last_seen_time
