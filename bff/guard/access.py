"""May this identity use that endpoint?  The last question of guard, and the shortest.

Called by edge, after identity and before anything is bound or called.
Never     decides who someone is. An endpoint without a policy can't exist: deny by default.
"""

from typing import Literal

from bff.guard.refusal import no_credentials
from bff.terms.context import Identity

Access = Literal["public", "signed_in"]


def admit(access: Access, identity: Identity) -> None:
    """Raises Refused unless the endpoint is public or we know who calls."""
    if access == "public" or identity.known:
        return
    raise no_credentials("Sign in first: send an access token as Authorization: Bearer.")
