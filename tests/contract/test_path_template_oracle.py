"""Templates against another reading of them: google.api_core.path_template, where the two overlap.

It has no verbs, its `**` takes one segment at least, it encodes nothing (transcoding PT1-PT3).
"""

import pytest
from google.api_core import path_template as google_template
from hypothesis import given, settings
from hypothesis import strategies as st

from bff.contract.routes.path_template import PathTemplate
from bff.contract.routes.router import Match, Router

TEMPLATES = ["/a/*", "/a/{x}", "/a/{x=b/*}", "/a/{x=b/*}/c/{y}", "/{x=**}", "/a/{x=b/**}/c"]
NAME = st.from_regex(r"[a-c]{1,2}", fullmatch=True)


@pytest.mark.parametrize("text", TEMPLATES)
@settings(deadline=None)
@given(parts=st.lists(st.sampled_from(["a", "b", "c", "aa", "b-1"]), min_size=1, max_size=6))
def test_agrees_with_google_api_core_on_what_matches(text: str, parts: list[str]) -> None:
    """PT2, PT3."""
    path = "/" + "/".join(parts)
    template = PathTemplate.parse(text)
    router = Router([("GET", template, "it")])
    if "**" in text and len(parts) < len(template.segments):
        return

    matched = isinstance(router.match("GET", path), Match)

    assert google_template.validate(text, path) == matched


@settings(deadline=None)
@given(x=NAME, y=NAME)
def test_agrees_with_google_api_core_on_what_expands(x: str, y: str) -> None:
    text = "/a/{x=b/*}/c/{y}"

    expected = google_template.expand(text, x=f"b/{x}", y=y)

    assert expected == PathTemplate.parse(text).expand({"x": f"b/{x}", "y": y})
