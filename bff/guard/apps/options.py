"""Where apps renew their tokens, as the operator says it.

Called by settings (fills it), renewal.py and edge/refresh.py (obey it).
"""

from dataclasses import dataclass

from bff.guard.services.options import check_url
from bff.terms.mistakes import ContractMistake


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshOptions:
    """POST /bff/token, for apps that hold a refresh token of their own.

    url         the issuer's token endpoint; "": there is no such path here
    client_ids  the apps that may renew here: public clients, without a secret
    timeout_s   how long the issuer may take
    """

    url: str = ""
    client_ids: tuple[str, ...] = ()
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Raises ContractMistake."""
        if self.url:
            check_url(self.url, where="refresh.url")
            if not self.client_ids:
                raise ContractMistake("name the apps that may renew", where="refresh.client_ids")
        if self.timeout_s <= 0:
            raise ContractMistake("must be above 0", where="refresh.timeout_s")
