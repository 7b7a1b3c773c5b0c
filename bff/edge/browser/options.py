"""Which pages of other sites may read our answers: the operator's list, checked at boot.

Called by settings.py, cors.py.
Never     lets "any site" and "with the user's cookies" stand together: that would give everybody's
          data to every page that anybody visits.
Source    Fetch Standard "CORS protocol and credentials"; RFC 6454 section 6 (origins as text);
          docs/spec/bad-input.md row 101.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bff.terms.mistakes import ContractMistake
from bff.terms.origins import check_origin_text

ANY = "*"
_FIELD_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsOptions:
    """For all paths, or for those that begin so.

    origins      "https://app.example", or "*" alone; () for none but our own
    credentials  whether such a page may send the user's cookies
    headers      request headers that it may send beside those that we read ourselves
    exposed      answer headers that it may read beside our own
    max_age_s    how long a browser need not ask again
    """

    origins: tuple[str, ...] = ()
    credentials: bool = False
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age_s: int = 600

    def __post_init__(self) -> None:
        """Raises ContractMistake for what no browser would ever send, or nobody should allow."""
        if ANY in self.origins and self.credentials:
            what = '"*" and credentials together would let every site read what its visitors may'
            raise ContractMistake(what, where="cors.credentials")
        if ANY in self.origins and len(self.origins) > 1:
            raise ContractMistake('"*" stands alone: it has all the others', where="cors.origins")
        for origin in self.origins:
            if origin != ANY:
                check_origin_text(origin, where="cors.origins")
        for name in (*self.headers, *self.exposed):
            if _FIELD_NAME.fullmatch(name) is None or name == ANY:
                raise ContractMistake(f"{name!r} is no name of a header", where="cors.headers")


def check_prefixes(paths: Mapping[str, CorsOptions]) -> None:
    """Raises ContractMistake for a prefix that ends inside of a name."""
    for prefix in paths:
        if not (prefix.startswith("/") and prefix.endswith("/")):
            what = "a path begins and ends with /, such as /public/"
            raise ContractMistake(what, where=f'cors_paths."{prefix}"')
