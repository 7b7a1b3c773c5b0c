"""Origins as browsers write them in the Origin header: what a list of them must hold to ever match.

Called by edge/browser/options, guard/sessions/session.
Source    RFC 6454 section 6.2.
"""

import re

from bff.terms.mistakes import ContractMistake

_ORIGIN = re.compile(r"https?://(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_USUAL_PORTS = (":80", ":443")


def check_origin_text(origin: str, *, where: str) -> None:
    """Raises ContractMistake for what no browser sends.

    >>> check_origin_text("https://app.example:8443", where="cors.origins")
    """
    usual = origin.endswith(_USUAL_PORTS) and origin.count(":") > 1
    if _ORIGIN.fullmatch(origin) is None or usual:
        what = (
            f"{origin!r} is no origin as browsers send it: https://host or https://host:port,"
            " in lower case, with no path and no usual port"
        )
        raise ContractMistake(what, where=where)
