"""Codecs of other options: as many as there are options, however many rpcs ask."""

from dataclasses import replace

from bff.contract.codec import Codec
from bff.contract.json_options import JsonLimits, JsonOptions

SNAKE = JsonOptions(json_names="proto")


def test_equal_options_have_one_codec():
    codec = Codec()
    assert codec.under(SNAKE) is codec.under(replace(JsonOptions(), json_names="proto"))


def test_a_codec_is_its_own_under_its_own_options():
    codec = Codec(SNAKE)
    assert codec is codec.under(replace(SNAKE))


def test_limits_and_pool_stay():
    limits = JsonLimits(depth=3)
    other = Codec(limits=limits).under(SNAKE)
    assert (SNAKE, limits, None) == (other.options, other.limits, other.pool)
