"""Any bytes at all: a token's text is read strictly, or refused; nothing else comes out."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bff.guard.tokens.compact import MAX_TOKEN_BYTES, read_token
from bff.guard.tokens.credentials import bearer_token
from bff.guard.tokens.jwt import examine
from bff.terms.errors import BadInput, Refused
from tests.guard import forge
from tests.guard.forge import ISSUER, NOW_S, encoded, token

ISSUERS = {ISSUER: forge.options()}

PART = st.one_of(
    st.binary(max_size=60).map(encoded),
    st.text(alphabet="AQgw-_=+/.\n e30", max_size=12),
    st.text(max_size=8),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _only_refuses(text: str) -> None:
    with suppress(Refused, BadInput):
        examine(text, issuers=ISSUERS, now_s=NOW_S)


@given(st.lists(PART, max_size=6).map(".".join))
@example("")
@example("..")
@example("A.A.A")
@example("\ud800.e30.e30")
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    _only_refuses(text)


@given(st.binary(max_size=200))
def test_no_authorization_header_raises_anything_but_a_refusal(raw: bytes) -> None:
    with suppress(Refused, BadInput):
        _only_refuses(bearer_token(["Bearer " + raw.decode("latin-1")]) or "")


@given(st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "scope", "scp", "typ"]), JSON)
def test_no_value_of_a_claim_raises_anything_but_a_refusal(name: str, value: object) -> None:
    _only_refuses(token(claims={name: value}))


@given(st.sampled_from(["alg", "typ", "kid", "cty"]), JSON)
def test_no_value_of_a_header_member_raises_anything_but_a_refusal(
    name: str, value: object
) -> None:
    _only_refuses(token(header={name: value}))


def test_what_is_signed_is_exactly_the_text_before_the_last_dot() -> None:
    text = token()
    assert text.rpartition(".")[0].encode() == read_token(text).signed


def test_row_93_a_token_of_8_kib_is_read_and_one_character_more_is_not() -> None:
    header = encoded(b"{" + b" " * 6_136 + b"}")
    longest = f"{header}.e30.AAA"
    assert (MAX_TOKEN_BYTES, bytes(2)) == (len(longest), read_token(longest).signature)
    with pytest.raises(Refused, match="longer than 8 KiB"):
        read_token(f"{header}.e30.AAAA")
