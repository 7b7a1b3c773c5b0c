"""The full profile of a user, as the web client shows it on several screens."""

from bff.compose.shape import Shape
from bff.views.web.texts import enum_word, time_text
from generated.identity.users.v1.users_pb2 import User, UserRole


class Profile(Shape):
    """A user as its owner sees it. What is not declared here is never shown."""

    id: str
    name: str
    avatar_url: str
    email: str
    locale: str
    bio: str
    role: str
    pronouns: str | None
    preferences: dict[str, str]
    create_time: str | None
    last_seen_time: str | None

    @classmethod
    def of(cls, user: User) -> "Profile":
        return cls(
            id=user.user_id,
            name=user.display_name,
            avatar_url=user.avatar_url,
            email=user.email,
            locale=user.locale,
            bio=user.bio,
            role=enum_word(UserRole, user.role),
            pronouns=user.pronouns if user.HasField("pronouns") else None,
            preferences=dict(user.preferences),
            create_time=time_text(user, "create_time"),
            last_seen_time=time_text(user, "last_seen_time"),
        )
