"""What an operator may say of an issuer."""

from typing import Any

import pytest

from bff.terms.mistakes import ContractMistake
from tests.guard import forge

MISTAKES: dict[str, dict[str, Any]] = {
    "issuer": {"issuer": ""},
    "audience": {"audience": ""},
    "algorithms": {"algorithms": ()},
    "keys": {"keys": ""},
    "token_types": {"token_types": ()},
    "'none'": {"algorithms": ("ES256", "none")},
    "'HS256'": {"algorithms": ("HS256",)},
    "file path or an http": {"keys": "ftp://login.example/keys"},
    "leeway_s": {"leeway_s": -1.0},
    "max_lifetime_s": {"max_lifetime_s": 0.0},
    "refresh_s": {"refresh_s": 0.0},
}


@pytest.mark.parametrize("said,change", MISTAKES.items(), ids=MISTAKES)
def test_a_setting_that_weakens_the_check_stops_the_boot(said: str, change: dict[str, Any]) -> None:
    with pytest.raises(ContractMistake, match=said):
        forge.options(**change)


def test_a_mistake_names_its_issuer() -> None:
    with pytest.raises(ContractMistake, match=r"@ issuer https://login.example$"):
        forge.options(audience="")


def test_an_operator_with_perfect_clocks_may_allow_no_leeway() -> None:
    assert 0.0 == forge.options(leeway_s=0.0).leeway_s
