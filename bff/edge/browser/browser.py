"""What browsers are told beside an answer: who may read it, and to come back by TLS only.

Called by front.py, for every request; edge/short_way.py, on the short way.
Never     says anything of TLS to who came without it: that could be anybody's word.
Source    RFC 6797 (Strict-Transport-Security); cors.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bff.edge.browser.cors import NO_PATHS, Cors
from bff.edge.browser.options import CorsOptions
from bff.edge.reply import Headers, Reply
from bff.edge.request import Head
from bff.terms.mistakes import ContractMistake


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserOptions:
    """hsts_s           for how long a browser must not come without TLS; 0: nothing is said
    hsts_subdomains  whether that holds for all hosts below ours, too
    """

    hsts_s: int = 0
    hsts_subdomains: bool = False

    def __post_init__(self) -> None:
        """Raises ContractMistake for a time that is none, and for hosts of no time."""
        if self.hsts_s < 0 or (self.hsts_subdomains and not self.hsts_s):
            what = "hsts_s must be a number of seconds, and hsts_subdomains needs one"
            raise ContractMistake(what, where="browser.hsts_s")


class Browser:
    """`quiet`: nothing is ever said.

    cors, paths  as Cors has them
    """

    def __init__(
        self,
        options: BrowserOptions | None = None,
        cors: CorsOptions | None = None,
        paths: Mapping[str, CorsOptions] = NO_PATHS,
    ) -> None:
        self.cors = Cors(cors, paths)
        self._by_tls = _hsts(options or BrowserOptions())
        self.quiet = not (self._by_tls or self.cors.on)

    def __repr__(self) -> str:
        return f"<Browser: {self.cors!r}, HSTS {'on' if self._by_tls else 'off'}>"

    def answer(self, head: Head) -> Reply | None:
        """What a preflight is told; None for all that is none."""
        return self.cors.answer(head)

    def headers(self, path: str, *, scheme: str, origin: str) -> Headers:
        """What any other answer carries. `origin`: "" where none was sent."""
        if self.quiet:
            return ()
        by_tls = self._by_tls if scheme == "https" else ()
        return (*by_tls, *self.cors.headers(path, origin))


def _hsts(options: BrowserOptions) -> Headers:
    if not options.hsts_s:
        return ()
    below = b"; includeSubDomains" if options.hsts_subdomains else b""
    return ((b"strict-transport-security", b"max-age=%d%b" % (options.hsts_s, below)),)
