"""The script that wrk runs for a case, and what is read of its words."""

import pytest

from bench.cases import BROWSER, HEADERS, POST, USER, same_json
from bench.wrk import Heard, heard, lua, script

FIGURES = '{"requests":1200,"elapsed_us":2000000,"p50_us":310,"p99_us":980,"errors":3}'


def test_the_figures_are_found_among_wrk_s_own_words():
    output = f"Running 2s test @ http://127.0.0.1:1\n  1 threads\n{FIGURES}\nRequests/sec: 600\n"
    told = Heard(requests=1200, elapsed_s=2.0, p50_us=310, p99_us=980, errors=3)
    assert told == heard(output)


def test_a_load_that_said_nothing_is_an_error_with_its_words():
    with pytest.raises(ValueError, match="unable to connect"):
        heard("unable to connect to 127.0.0.1:1 Connection refused")


def test_a_get_has_no_body_and_no_content_type():
    told = script(USER, b"")
    assert 'wrk.method = "GET"' in told
    assert ("wrk.body" in told, "Content-Type" in told) == (False, False)


def test_a_post_sends_json():
    told = script(POST, b'{"id": "z"}')
    assert 'wrk.method = "POST"' in told
    assert 'wrk.headers["Content-Type"] = "application/json"' in told
    assert 'wrk.body = "{\\"id\\": \\"z\\"}"' in told


def test_a_browser_sends_twelve_headers():
    assert (12, 12) == (len(BROWSER), script(HEADERS, b"").count("wrk.headers["))


def test_one_path_is_left_to_wrk_which_is_faster_without_lua():
    assert "request = function" not in script(USER, b"")


@pytest.mark.parametrize(
    "text, quoted",
    [("a b", '"a b"'), ('"', '"\\""'), ("\\", '"\\\\"'), ("ø", '"\\195\\184"'), ("\n", '"\\010"')],
)
def test_lua_strings_hold_any_text(text, quoted):
    assert quoted == lua(text)


def test_answers_are_compared_by_meaning():
    assert same_json(b'{"a": [1.0], "b": "x"}', b'{"b":"x","a":[1]}')


@pytest.mark.parametrize("other", [b'{"a": "1"}', b'{"a": 1, "b": 0}', b"", b"Bad Gateway"])
def test_another_answer_is_another(other):
    assert not same_json(other, b'{"a": 1}')
