"""What is no batch, and what no batch may hold."""

import pytest

from bff.terms.errors import BadInput
from tests.edge.batch_door import A, Door, answers, batch


@pytest.mark.parametrize(
    ("item", "status", "word"),
    [
        ({**A, "path": "https://example.com/v1/a"}, 400, "path"),
        ({**A, "path": "//example.com/v1/a"}, 400, "path"),
        ({**A, "path": "v1/a"}, 400, "path"),
        ({**A, "path": ""}, 400, "path"),
        ({**A, "path": "/v1/ä"}, 400, "path"),
        ({**A, "path": "/v1/a b"}, 400, "path"),
        ({**A, "path": "/v1/a#b"}, 400, "path"),
        ({**A, "path": "/v1/a\r\nx: y"}, 400, "path"),
        ({**A, "path": "/v1/%"}, 400, "percent"),
        ({**A, "method": "get"}, 400, "method"),
        ({**A, "method": "CONNECT"}, 400, "method"),
        ({"method": "POST", "path": "/v1/batch"}, 400, "batch"),
        ({**A, "path": "/v1/watch"}, 400, "stream"),
        ({"method": "POST", "path": "/v1/import"}, 400, "stream"),
        ({**A, "path": "/v1/file"}, 406, "JSON"),
        ({**A, "path": "/v1/none"}, 404, "Nothing"),
    ],
)
async def test_what_a_batch_may_not_hold_never_reaches_the_door(item, status, word):
    door = Door()
    refused, good = await answers(batch(item, A), door)
    assert (status, 200, 1) == (refused["status"], good["status"], len(door.seen))
    assert word in refused["body"]["detail"]


async def test_a_wrong_method_is_the_door_s_to_refuse():
    door = Door(status=405)
    (found,) = await answers(batch({**A, "method": "PUT"}), door)
    assert (405, 1) == (found["status"], len(door.seen))


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        (b"application/problem+json", 200),
        (b"application/json; charset=utf-8", 200),
        (b"text/html", 406),
        (b"application/x-ndjson", 406),
    ],
)
async def test_only_json_can_stand_in_an_answer(media_type, status):
    (found,) = await answers(batch(A), Door(headers=[(b"content-type", media_type)]))
    assert status == found["status"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ([], [""]),
        ({}, [""]),
        ({"requests": {}}, [""]),
        ({"requests": [], "x": 1}, ["/x"]),
        (batch(*[A] * 21), ["/requests"]),
        (
            batch(1, {"method": 1}, {**A, "headers": {}}),
            ["/requests/0", "/requests/1/method", "/requests/1/path", "/requests/2/headers"],
        ),
    ],
)
async def test_what_is_no_batch_is_refused_with_all_that_is_wrong(body, paths):
    door = Door()
    with pytest.raises(BadInput) as caught:
        await answers(body, door)
    assert (paths, []) == ([one.path for one in caught.value.violations], door.seen)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "malformed-json"),
        (b'{"requests": [', "malformed-json"),
        (b'{"requests": [], "requests": []}', "duplicate-key"),
        (b'{"requests": ' + b"[" * 200 + b"]" * 200 + b"}", "too-deep"),
    ],
)
async def test_the_document_is_read_strictly(body, reason):
    with pytest.raises(BadInput) as caught:
        await answers(body, Door())
    assert reason == caught.value.reason


async def test_a_batch_is_json():
    with pytest.raises(BadInput) as caught:
        await answers(batch(A), Door(), content_type="text/plain")
    assert "unsupported-media-type" == caught.value.reason
