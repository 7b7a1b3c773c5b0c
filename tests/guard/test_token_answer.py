"""What a token endpoint may say, and what of it ends a session: only one thing."""

import pytest

from bff.guard.outbound import Answered, Unreachable
from bff.guard.provider.token_answer import GrantRefused, Tokens, read_tokens
from tests.guard.token_issuer import answered

GOOD = {"access_token": "a", "token_type": "Bearer", "expires_in": 60}


def test_tokens_are_read() -> None:
    told = {**GOOD, "refresh_token": "r", "id_token": "i", "scope": "s t"}
    expected = Tokens(
        access_token="a", expires_in_s=60, refresh_token="r", id_token="i", scope="s t"
    )
    assert expected == read_tokens(answered(told))


@pytest.mark.parametrize(
    ("expected_s", "given"),
    [(300, None), (300, "60"), (300, -1), (300, True), (86_400, 10**9), (1.5, 1.5)],
)
def test_a_lifetime_is_bounded_and_guessed_low(expected_s: float, given: object) -> None:
    assert expected_s == read_tokens(answered({**GOOD, "expires_in": given})).expires_in_s


def test_only_invalid_grant_is_a_refusal_that_holds() -> None:
    with pytest.raises(GrantRefused):
        read_tokens(answered({"error": "invalid_grant"}, 400))


@pytest.mark.parametrize(
    "found",
    [
        answered({"error": "invalid_client"}, 401),
        answered({"error": "invalid_grant"}, 500),
        answered({"error": "temporarily_unavailable"}, 400),
        answered(GOOD, 201),
        answered([]),
        answered({}),
        answered({**GOOD, "token_type": "DPoP"}),
        answered({**GOOD, "token_type": 1}),
        answered({**GOOD, "access_token": ""}),
        answered({**GOOD, "access_token": "a\r\nx: y"}),
        answered({**GOOD, "access_token": "ä"}),
        answered({**GOOD, "access_token": 7}),
        answered({**GOOD, "refresh_token": "x" * 20_000}),
        Answered(200, "text/html", b"<h1>Welcome</h1>"),
        Answered(200, "application/json", b""),
    ],
    ids=str,
)
def test_f20_everything_else_is_no_answer(found: Answered) -> None:
    with pytest.raises(Unreachable):
        read_tokens(found)


def test_the_providers_prose_is_not_told_even_in_the_log() -> None:
    told = {"error": "<script>", "error_description": "secret"}
    with pytest.raises(Unreachable) as wrong:
        read_tokens(answered(told, 400))
    assert "the token endpoint answered 400" == str(wrong.value)


def test_tokens_are_not_in_a_repr() -> None:
    assert "secret" not in repr(
        Tokens(access_token="secret", expires_in_s=1, refresh_token="secret", id_token="secret")
    )
