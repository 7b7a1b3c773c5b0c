"""What a request shows at the gate, beside its headers.

Called by edge (makes it), bff/gate.py and the rooms of guard (read it).
Never     says whether any of it is true.
"""

from typing import NamedTuple


class Presented(NamedTuple):
    """One request's credentials, and what it is about.

    authorizations  every value of the Authorization header, in order: two are an error
    cookies         every value of the Cookie header, in order
    values          of the path's variables, by their place in the template
    query           as it was sent, not decoded
    """

    method: str = "GET"
    authorizations: tuple[str, ...] = ()
    cookies: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    query: str = ""
