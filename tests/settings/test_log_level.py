"""How loud the log is, and what in the environment is no setting."""

import pytest

from bff.settings import Overrides, load
from bff.terms.mistakes import ContractMistakes


def test_an_operator_chooses_how_loud_the_log_is():
    assert "warning" == load(None, environment={"BFF_LOG_LEVEL": "warning"}).log.level


def test_every_request_is_told_unless_somebody_says_otherwise():
    assert "info" == load(None, environment={}).log.level


def test_another_level_is_a_mistake():
    with pytest.raises(ContractMistakes) as found:
        load(None, environment={}, overrides=Overrides(keys=(("log.level", "loud"),)))
    assert ["log.level"] == [one.where for one in found.value.exceptions]


def test_the_codec_s_engine_is_no_setting():
    """BFF_CODEC is read when the codec is imported: it is there, and no mistake."""
    assert load(None, environment={"BFF_CODEC": "pure"}) == load(None, environment={})
