"""Queries that came before: what they mean is remembered, what they may mean to a path is not."""

import pytest

from bff.contract.request.query_wire import LONGEST, MOST
from bff.terms.errors import BadInput
from tests.contract.bindings import binder


def test_a_query_that_came_before_is_not_read_again():
    binding = binder("BookRequest", "GET /x/{name}")
    first, second = binding.wire(["a"], "number=7", b""), binding.wire(["b"], "number=7", b"")
    assert repr(binding._queries).startswith("<QueryWires 1 of")
    found = type(binding.bind(["a"], "", b"")).FromString(second)
    assert (7, "b") == (found.number, found.name)
    assert first != second


def test_pm16_row_38_whether_a_query_agrees_with_its_path_is_asked_each_time():
    binding = binder("BookRequest", "GET /x/{name}")
    for _ in range(2):
        binding.wire(["a"], "name=a", b"")
        with pytest.raises(BadInput):
            binding.wire(["b"], "name=a", b"")


def test_a_oneof_of_the_path_is_looked_at_each_time():
    binding = binder("BookRequest", "GET /x/{by_id}")
    binding.wire(["1"], "number=7", b"")
    assert repr(binding._queries).startswith("<QueryWires 0 of")


def test_a_query_that_was_refused_is_refused_again():
    binding = binder("BookRequest", "GET /x/{name}")
    for _ in range(2):
        with pytest.raises(BadInput):
            binding.wire(["a"], "nobody=1", b"")


def test_whoever_makes_queries_up_fills_no_memory():
    binding = binder("BookRequest", "GET /x/{name}")
    for number in range(MOST + 10):
        binding.wire(["a"], f"number={number}", b"")
    binding.wire(["a"], "note=" + "x" * LONGEST, b"")
    assert "<QueryWires 10 of 256>" == repr(binding._queries)
