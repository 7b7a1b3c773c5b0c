"""Where people sign in, and as which client we send them there: the operator's whole say.

Called by settings (fills it), guard/provider, guard/login and edge/login_pages (obey it).
Never     shows the secret.
Source    OpenID Connect Core 1.0; RFC 6749 section 2.3.1; RFC 8707 (`resource`).
"""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from bff.guard.login.return_url import checked_return_url
from bff.guard.provider.discovery import is_guarded
from bff.guard.tokens.issuer import KEY_SHAPES
from bff.terms.errors import BadInput
from bff.terms.mistakes import ContractMistake


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginOptions:
    """Raises ContractMistake for what could not work, or not safely.

    issuer         whose users sign in, exactly as it names itself; "": nobody can
    client_id      we, as the issuer knows us
    client_secret  what proves that: a public client could not keep tokens
    client_auth    how it is shown: in a header ("basic") or in the form ("post")
    origin         where browsers find this server, such as "https://app.example"
    scopes         what is asked for
    prompt         what the issuer shall ask its users at each sign-in, such as "consent"
    resource       for whom the access token shall be (RFC 8707), "" for not saying
    algorithms     in which ways the issuer may sign
    claims         which of the user's claims /bff/user shows
    roles_claim    where its ID tokens name roles: a claim, or a dotted path into one
    after_logout   where a browser goes then
    timeout_s      how long one answer of the issuer may take
    """

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    client_auth: Literal["basic", "post"] = "basic"
    origin: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    prompt: str = ""
    resource: str = ""
    algorithms: tuple[str, ...] = ("ES256", "RS256")
    claims: tuple[str, ...] = ("sub", "name", "preferred_username", "picture", "locale")
    roles_claim: str = "roles"
    after_logout: str = "/"
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        if not self.issuer:
            return
        for name in ("client_id", "client_secret", "origin"):
            if not getattr(self, name):
                raise ContractMistake("must not be empty where there is an issuer", where=_at(name))
        if not is_guarded(self.issuer):
            raise ContractMistake("must be an https:// address", where=_at("issuer"))
        if not is_guarded(self.origin) or origin_of(self.origin) != self.origin:
            what = 'must be an origin alone, such as "https://app.example"'
            raise ContractMistake(what, where=_at("origin"))
        if "openid" not in self.scopes:
            raise ContractMistake('must have "openid"', where=_at("scopes"))
        unknown = sorted(set(self.algorithms) - KEY_SHAPES.keys())
        if unknown or not self.algorithms:
            what = f"{unknown} are not among {sorted(KEY_SHAPES)}"
            raise ContractMistake(what, where=_at("algorithms"))
        try:
            checked_return_url(self.after_logout)
        except BadInput:
            raise ContractMistake("must be a path", where=_at("after_logout")) from None

    @property
    def redirect_url(self) -> str:
        """Where the issuer sends browsers back; it must know that address."""
        return f"{self.origin}/bff/callback"


def origin_of(url: str) -> str:
    """Scheme, host and port, as a browser's Origin header has them.

    >>> origin_of("https://App.example:443/a")
    'https://app.example'
    """
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _at(name: str) -> str:
    return f"login.{name}"
