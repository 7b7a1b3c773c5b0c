"""The verifier: a good token is accepted, every single change to it refused (rows 88-93, F21)."""

from typing import Any

import pytest

from bff.guard.refusal import unauthenticated
from bff.guard.tokens.claims import Verdict
from bff.guard.tokens.header import KeyName, judge_header
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwks import parse_keys, pick
from bff.guard.tokens.jwt import examine, prove
from bff.terms.codes import Code
from bff.terms.context import Identity
from bff.terms.errors import Refused
from tests.guard import forge
from tests.guard.changed_tokens import (
    ALL_BAD,
    BAD_CLAIMS,
    BAD_HEADER,
    BAD_TEXT,
    GOOD,
    token_of_bytes,
)
from tests.guard.forge import DROP, ISSUER, NOW_S, token

OPTIONS = forge.options()


def judge(text: str, options: IssuerOptions = OPTIONS, now_s: float = NOW_S) -> Verdict:
    """What guard/identity does, with the good key set and no waiting."""
    examined = examine(text, issuers={options.issuer: options}, now_s=now_s)
    key = pick(parse_keys(forge.good_set(), options.algorithms), examined.key_name)
    if key is None:
        raise unauthenticated("Unknown key.")
    return prove(examined, key)


def refusal(text: str, options: IssuerOptions = OPTIONS, now_s: float = NOW_S) -> Refused:
    with pytest.raises(Refused) as caught:
        judge(text, options, now_s)
    return caught.value


def test_the_good_token_names_its_subject_issuer_and_scopes() -> None:
    verdict = judge(token(claims={"scope": "links:read  links:write"}))
    expected = Identity("ada", ISSUER, frozenset({"links:read", "links:write"}))
    assert (expected, NOW_S + 630) == (verdict.identity, verdict.good_until_s)


@pytest.mark.parametrize("change", GOOD.values(), ids=GOOD)
def test_what_good_issuers_write_is_accepted(change: dict[str, Any]) -> None:
    assert ISSUER == judge(token(**change)).identity.issuer


@pytest.mark.parametrize("change", BAD_HEADER.values(), ids=BAD_HEADER)
def test_one_changed_header_member_is_refused(change: dict[str, object]) -> None:
    assert Code.UNAUTHENTICATED == refusal(token(header=change)).code


@pytest.mark.parametrize("change", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_one_changed_claim_is_refused(change: dict[str, object]) -> None:
    assert Code.UNAUTHENTICATED == refusal(token(claims=change)).code


@pytest.mark.parametrize("text", BAD_TEXT.values(), ids=BAD_TEXT)
def test_one_changed_part_is_refused(text: str) -> None:
    assert Code.UNAUTHENTICATED == refusal(text).code


def test_the_bytes_that_the_table_varies_are_good_by_themselves() -> None:
    """Else the rows made by `token_of_bytes` would be refused for the wrong reason."""
    assert "ada" == judge(token_of_bytes()).identity.subject


@pytest.mark.parametrize("at", range(0, len(token()), 7))
def test_no_character_can_be_exchanged(at: int) -> None:
    text = token()
    other = "A" if text[at] != "A" else "B"
    assert "unauthenticated" == refusal(text[:at] + other + text[at + 1 :]).reason


@pytest.mark.parametrize("skew_s", [-30, -1, 0, 1, 30])
def test_f21_a_clock_up_to_30_s_off_refuses_nothing(skew_s: int) -> None:
    """A token that expires, starts and was issued this second; and one of full length."""
    fresh = token(claims={"iat": NOW_S, "nbf": NOW_S, "exp": NOW_S + 86_400})
    ending = token(claims={"exp": NOW_S})
    now_s = NOW_S + skew_s
    subjects = [judge(text, now_s=now_s).identity.subject for text in (fresh, ending)]
    assert ["ada", "ada"] == subjects


@pytest.mark.parametrize(
    "claim,skew_s",
    [("iat", -31), ("nbf", -31), ("exp", 31), ("iat", -300), ("nbf", -300), ("exp", 300)],
)
def test_f21_a_clock_more_than_30_s_off_refuses(claim: str, skew_s: int) -> None:
    text = token(claims={claim: NOW_S})
    assert "unauthenticated" == refusal(text, now_s=NOW_S + skew_s).reason


def test_f21_an_hour_of_clock_jump_refuses_rather_than_trusts() -> None:
    said = [refusal(token(), now_s=NOW_S + jump_s).detail for jump_s in (3_600, -3_600)]
    assert [
        "The bearer token has expired: sign in again or refresh it.",
        "The bearer token is not valid yet: try again in a moment.",
    ] == said


def test_an_issuer_that_follows_rfc_9068_can_be_held_to_it() -> None:
    strict = forge.options(token_types=("at+jwt",))
    assert "ada" == judge(token(), strict).identity.subject
    reasons = [refusal(token(header={"typ": typ}), strict).reason for typ in ("JWT", DROP)]
    assert ["unauthenticated", "unauthenticated"] == reasons


def test_row_88_an_algorithm_is_pinned_per_issuer() -> None:
    """Row 88: ES256 when RS256 is pinned."""
    only_rsa = forge.options(algorithms=("RS256",))
    assert "unauthenticated" == refusal(token(), only_rsa).reason


def test_row_92_a_kid_of_256_characters_is_looked_up_and_an_empty_one_is_not() -> None:
    longest = judge_header({"alg": "ES256", "kid": "k" * 256}, algorithms=("ES256",), kinds=("",))
    assert KeyName("k" * 256, "ES256") == longest
    with pytest.raises(Refused):
        judge_header({"alg": "ES256", "kid": ""}, algorithms=("ES256",), kinds=("",))


def test_two_issuers_are_judged_each_by_its_own_rules() -> None:
    """A token of one issuer that names the other's audience is for nobody."""
    other = forge.options(issuer="https://other.example", audience="theirs")
    issuers = {options.issuer: options for options in (OPTIONS, other)}
    text = token(claims={"aud": "theirs"})
    with pytest.raises(Refused, match="another audience"):
        examine(text, issuers=issuers, now_s=NOW_S)


def test_without_issuers_every_token_is_refused() -> None:
    with pytest.raises(Refused, match="issuer is not trusted"):
        examine(token(), issuers={}, now_s=NOW_S)


@pytest.mark.parametrize("text", ALL_BAD.values(), ids=ALL_BAD)
def test_a_refusal_is_one_printable_sentence_without_anything_of_the_token(text: str) -> None:
    failure = refusal(text)
    secrets = [ISSUER, "evil", "ada", "logout+jwt", str(NOW_S), *text.split(".")]
    leaks = [secret for secret in secrets if secret and secret in failure.detail]
    assert ([], True, True) == (leaks, failure.detail.isprintable(), failure.detail.endswith("."))


@pytest.mark.parametrize("text", ALL_BAD.values(), ids=ALL_BAD)
def test_a_refusal_hides_the_library_behind_it(text: str) -> None:
    """No chained exception is shown that could carry PyJWT's or json's words into an answer."""
    failure = refusal(text)
    assert failure.__cause__ is None
    assert failure.__context__ is None or failure.__suppress_context__


@pytest.mark.parametrize(
    ("claim", "claims", "roles"),
    [
        ("roles", {}, set()),
        ("roles", {"roles": []}, set()),
        ("roles", {"roles": ["admin", "", "support"]}, {"admin", "support"}),
        ("roles", {"roles": "admin"}, {"admin"}),
        ("realm_access.roles", {"realm_access": {"roles": ["admin"]}}, {"admin"}),
        ("realm_access.roles", {"roles": ["admin"]}, set()),
        ("https://shop.test/roles", {"https://shop.test/roles": ["admin"]}, {"admin"}),
    ],
)
def test_roles_are_read_where_the_issuer_puts_them(
    claim: str, claims: dict[str, object], roles: set[str]
) -> None:
    verdict = judge(token(claims=claims), forge.options(roles_claim=claim))
    assert roles == verdict.identity.roles


def test_roles_that_are_not_where_the_path_leads_refuse() -> None:
    options = forge.options(roles_claim="realm_access.roles")
    assert "unauthenticated" == refusal(token(claims={"realm_access": ["roles"]}), options).reason
