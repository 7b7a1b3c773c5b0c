"""Python source that stands on its own, whatever a proto's author wrote."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bff.codegen.layout import call, docstring, import_from, signature

COMMENTS = st.text(
    st.sampled_from(["a", " ", "\n", '"', "\\", "'", "\t", "é", "\x00", "\r", "{", "#"])
)


@given(COMMENTS)
def test_any_comment_makes_a_docstring_that_is_nothing_else(comment: str) -> None:
    tree = ast.parse(f"def f():\n{docstring(comment, 4)}\n    return 1\n")
    function = tree.body[0]

    assert isinstance(function, ast.FunctionDef)
    assert 2 == len(function.body)
    assert [it for it in comment if it.isprintable() and it != " "] == [
        it for it in ast.get_docstring(function) or "" if it not in " \n"
    ]


@given(
    st.lists(st.text("abc", min_size=1, max_size=20), min_size=1, max_size=40), st.integers(0, 8)
)
def test_words_never_pass_column_100(words: list[str], indent: int) -> None:
    assert [] == [it for it in docstring(" ".join(words), indent).splitlines() if len(it) > 100]


@pytest.mark.parametrize("columns, lines", [(100, 1), (101, 4)])
def test_a_call_is_on_one_line_up_to_column_100(columns: int, lines: int) -> None:
    argument = "a" * (columns - len("call(, b)"))

    assert lines == len(call("call", [argument, "b"], indent=0).splitlines())


def test_a_long_signature_has_one_parameter_a_line() -> None:
    names = ["self", "*", "first: " + "A" * 40, "second: " + "B" * 40]

    assert (
        f"    def f(\n        self,\n        *,\n        first: {'A' * 40},\n"
        f"        second: {'B' * 40},\n    ) -> int:"
    ) == signature("def f", names, returns="int", indent=4)


def test_a_long_import_is_put_in_parentheses() -> None:
    assert f"from a import (\n    {'b' * 100},\n)" == import_from("a", ["b" * 100])
