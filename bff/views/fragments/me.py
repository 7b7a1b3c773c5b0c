"""Who calls."""

from bff.compose.view import Fragment, call, principal
from generated.identity.users.v1.users_client import UserServiceClient


class Me(Fragment):
    """The caller: `Me.me` is their id, `Me._user` what the user service knows of them."""

    me = principal().user_id
    _user = call(UserServiceClient.get_user, user_id=me)
