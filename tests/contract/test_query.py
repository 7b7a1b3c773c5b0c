"""A query string to pairs: QP2, QP7, QP22, QP23, QP24; row 42."""

import pytest

from bff.contract.request.query import pairs
from bff.terms.errors import BadInput


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("p=A&p=B", [("p", "A"), ("p", "B")]),  # QP2: order kept
        ("p=A,B", [("p", "A,B")]),  # QP2: no comma splitting
        ("flag", [("flag", "")]),  # QP7
        ("flag=", [("flag", "")]),
        ("a=b=c", [("a", "b=c")]),
        ("a=x+y", [("a", "x y")]),  # QP22
        ("a=x%2By", [("a", "x+y")]),
        ("a+b=1", [("a b", "1")]),
        ("a%2eb=%25%32%35", [("a.b", "%25")]),  # decoded once
        ("a=1;b=2", [("a", "1;b=2")]),  # QP23
        ("&&a=1&&", [("a", "1")]),
        ("=x&=&a=1", [("a", "1")]),  # QP23: empty names are skipped
        ("a=%C3%A9%F0%9F%98%80", [("a", "é😀")]),
        ("", []),
    ],
)
def test_qp22_qp23_a_query_is_cut_and_decoded_once(query, expected):
    assert expected == pairs(query)


@pytest.mark.parametrize(
    "query",
    [
        *("a=%", "a=%2", "a=%zz", "%g0=1", "a=%ff", "a=%C3", "a=%ed%a0%80", "a=\xe9", "\xff=1"),
        *("=%ff", "a=1&=%C3&=%A9", "=%zz"),  # what has no name is skipped, but judged
    ],
)
def test_qp23_what_is_no_url_is_refused(query):
    with pytest.raises(BadInput) as caught:
        pairs(query)
    assert "malformed-request" == caught.value.reason


def test_qp24_row_42_the_number_of_parameters_is_bounded():
    query = "&".join(f"a{index}=1" for index in range(10_000))
    with pytest.raises(BadInput) as caught:
        pairs(query)
    assert "too-many-parameters" == caught.value.reason


def test_qp24_the_most_pass_and_separators_do_not_count():
    assert 3 == len(pairs("a=1&&&&b=2&=&c=3", most=3))
    with pytest.raises(BadInput):
        pairs("a=1&b=2&c=3&d=4", most=3)
