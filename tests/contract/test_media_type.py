"""Which Content-Types are JSON: rows 48 and 50, HT5."""

import pytest

from bff.contract.media.types import check_json
from bff.terms.errors import BadInput


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "Application/JSON",
        'application/json; charset="UTF-8"',
        "application/merge-patch+json",
    ],
)
def test_ht5_json_in_utf8_may_come(content_type):
    assert check_json(content_type) is None


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "text/json",
        "application/json; charset=utf-16",
    ],
)
def test_rows_48_50_anything_else_is_a_415(content_type):
    with pytest.raises(BadInput) as caught:
        check_json(content_type)
    assert "unsupported-media-type" == caught.value.reason
