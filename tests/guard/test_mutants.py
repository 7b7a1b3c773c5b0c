"""Take each check out of the verifier in turn: some bad token must get in, or some good one not.

A check that nobody would miss is either no check or has no test (threats: "JWT check").
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from bff.guard.tokens import claims, compact, header, jwt
from bff.guard.tokens.issuer import IssuerOptions
from bff.guard.tokens.jwks import Key, parse_keys, pick
from bff.terms import url_text
from bff.terms.errors import Refused
from tests.guard import forge
from tests.guard.changed_tokens import ALL_BAD, BAD_CLAIMS, BAD_HEADER, BAD_TEXT, GOOD
from tests.guard.forge import DROP, NOW_S, token
from tests.guard.mutants import Mutant, alive, mutants_of

MODULES = (url_text, compact, header, claims, jwt)
MUTANTS = [one for module in MODULES for one in mutants_of(module)]
EQUAL: Mapping[str, str] = {
    "header 0: if not isinstance(algorithm, str) or algorithm not in algorithms:": (
        "what is no text is in no tuple of texts"
    ),
}
"""What changes nothing that can be seen -> why."""
ROLES = forge.options(roles_claim="realm_access.roles")
RIGHT = "ada https://login.example"


@cache
def keys() -> tuple[Key, ...]:
    return parse_keys(forge.good_set(), forge.options().algorithms)


def came_of(text: str, options: IssuerOptions, now_s: float = NOW_S) -> str:
    """Who gets in; "refused"; "fetches" for a key that nobody has, which costs the issuer a
    question; or what broke, which no good verifier does.
    """
    try:
        examined = jwt.examine(text, issuers={options.issuer: options}, now_s=now_s)
        key = pick(keys(), examined.key_name)
        if key is None:
            return "fetches"
        identity = jwt.prove(examined, key).identity
    except Refused:
        return "refused"
    except Exception as error:  # noqa: BLE001 - a mutant may break in any way
        return type(error).__name__
    return f"{identity.subject} {identity.issuer}"


def verdicts() -> list[str]:
    """One for each token of the corpus, in order."""
    usual = forge.options()
    strict: list[tuple[str, Any]] = [
        (token(header={"typ": DROP}), forge.options(token_types=("at+jwt",))),
        (token(), forge.options(algorithms=("RS256",))),
        (token(), forge.options(issuer="https://other.example")),
        (token(claims={"realm_access": ["roles"]}), ROLES),
        (token(claims={"realm_access": {"roles": 1}}), ROLES),
        (token(claims={"realm_access": {"roles": "admin"}}), ROLES),
    ]
    return [
        *(came_of(token(**change), usual) for change in _good()),
        *(came_of(text, usual) for text in ALL_BAD.values()),
        *(came_of(text, options) for text, options in strict),
        *(came_of(token(), usual, NOW_S + skew_s) for skew_s in (-300, -41, 631, 700)),
    ]


def _good() -> list[dict[str, Any]]:
    return [{}, *GOOD.values()]


def test_the_verifier_itself_is_right_about_all_of_them() -> None:
    found = verdicts()
    good = len(_good())
    assert "refused" not in found[:good]
    assert {"https://login.example"} == {one.rpartition(" ")[2] for one in found[:good]}
    assert {"refused", "fetches", RIGHT} == set(found[good:])
    assert 1 == found[good:].count(RIGHT)


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_verifier_without_one_of_its_checks_is_found_out(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = verdicts()
    with alive(mutant, monkeypatch):
        wrong = verdicts()
    if str(mutant) in EQUAL:
        assert right == wrong
    else:
        assert right != wrong


def test_there_is_a_mutant_for_each_check() -> None:
    assert 30 < len(MUTANTS)
    assert [] == sorted(EQUAL.keys() - set(map(str, MUTANTS)))


def test_no_row_of_the_corpus_hides_another() -> None:
    """One name for two bad tokens would drop the first."""
    assert len(BAD_HEADER) + len(BAD_CLAIMS) + len(BAD_TEXT) == len(ALL_BAD)
