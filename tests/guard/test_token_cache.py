"""The bounded memory of proved tokens."""

from bff.guard.tokens.cache import ProvedTokens
from bff.guard.tokens.claims import Verdict
from bff.terms.context import Identity

ADA = Verdict(Identity("ada"), good_until_s=100.0)


def test_a_token_is_known_until_it_expires_and_not_after() -> None:
    proved = ProvedTokens()
    proved.remember("t", ADA)
    found = [proved.find("t", now_s) for now_s in (99.0, 100.0, 100.5, 99.0)]
    assert [Identity("ada"), Identity("ada"), None, None] == found


def test_the_least_recently_used_token_goes_first() -> None:
    proved = ProvedTokens(2)
    proved.remember("a", ADA)
    proved.remember("b", ADA)
    proved.find("a", 0.0)
    proved.remember("c", ADA)
    known = [name for name in "abc" if proved.find(name, 0.0)]
    assert (["a", "c"], 2) == (known, len(proved))


def test_cleared_it_knows_nobody() -> None:
    proved = ProvedTokens()
    proved.remember("t", ADA)
    proved.clear()
    assert proved.find("t", 0.0) is None


def test_it_holds_no_token() -> None:
    proved = ProvedTokens()
    proved.remember("secret-token", ADA)
    assert "secret-token" not in repr(vars(proved))


def test_its_repr_says_how_full_it_is() -> None:
    assert "<ProvedTokens 0 of 5>" == repr(ProvedTokens(5))
