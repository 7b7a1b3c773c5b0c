"""Raw bodies, streams, errors and HTTP: docs/spec/transcoding.md 1.6 to 1.10."""

from tests.interop.gateway.both import Case


def get(ids: str, target: str, **more: object) -> Case:
    return Case(ids=ids, method="GET", target=target, **more)  # type: ignore[arg-type]


_TEXT = (("content-type", "text/plain"),)
_FORM = (("content-type", "application/x-www-form-urlencoded"),)
_CODES = (*range(1, 17),)

HTTP = (
    get("PJ14 OA3", "/v1/nothing"),
    get("HB2", "/v1/download/x?raw=aGk%3D"),
    get("HB2", "/v1/download/x"),
    Case(
        ids="HB1 HB3",
        method="POST",
        target="/v1/upload/n?note=x",
        body="raw",
        headers=_TEXT,
        statuses=(400, 200),
        because="HB1: raw bytes",
    ),
    get("ST1", "/v1/watch/3", headers=(("accept", "application/x-ndjson"),)),
    get("ST1", "/v1/watch/3"),
    get("ST3", "/v1/watch/0?code=5&message=gone"),
    get("ST4", "/v1/watch/2?code=5&message=gone"),
    Case(ids="ST8", method="POST", target="/v1/gather", body='{"text": "a"}\n{"text": "b"}\n'),
    Case(ids="ST8", method="POST", target="/v1/gather", body='{"text": "a"}{"text": "b"}'),
    Case(
        ids="ST8",
        method="POST",
        target="/v1/gather",
        body='{"text": "a"}\n{"text": 5}\n',
        chance=True,
    ),
    *(get("ER1", f"/v1/fail/{code}?message=no") for code in _CODES),
    get("ER2", "/v1/fail/3?message=no&count=1"),
    get(
        "ER2 ER3",
        "/v1/fail/3?message=no&count=2",
        statuses=(400, 400),
        because="ER3: a violation names the JSON path",
    ),
    get("ER2", "/v1/fail/5?message=%E2%82%AC"),
    get("HM9", "/v1/query", headers=(("grpc-timeout", "10S"),)),
    get("HM10", "/v1/query", headers=(("grpc-timeout", "soon"),)),
    Case(
        ids="HT1",
        method="HEAD",
        target="/v1/query",
        statuses=(501, 200),
        because="HT1: HEAD from GET",
    ),
    Case(
        ids="HT2", method="OPTIONS", target="/v1/query", statuses=(501, 204), because="HT2: Allow"
    ),
    Case(
        ids="HT3",
        method="POST",
        target="/v1/query",
        body="text=x",
        headers=(("x-http-method-override", "GET"), *_FORM),
        statuses=(200, 405),
        because="HT3: no override",
    ),
    Case(
        ids="HT4",
        method="POST",
        target="/v1/query",
        body="text=x",
        headers=_FORM,
        statuses=(200, 405),
        because="HT4: no fallback to GET",
    ),
    Case(
        ids="HT5",
        method="POST",
        target="/v1/whole",
        body='{"text": "a"}',
        headers=_TEXT,
        statuses=(200, 415),
        because="HT5: other types",
    ),
    Case(
        ids="HT5",
        method="POST",
        target="/v1/whole",
        body='{"text": "a"}',
        headers=(("content-type", "application/json; charset=utf-8"),),
    ),
    get(
        "HT6",
        "/v1/query?text=a",
        headers=(("accept", "text/html"),),
        statuses=(200, 406),
        because="HT6: nothing acceptable",
    ),
    get(
        "HT6",
        "/v1/query?text=a",
        headers=(("accept", "application/json;q=0.5, */*"),),
        statuses=(200, 200),
        because="HT6: q-values",
    ),
    Case(ids="HT9", method="POST", target="/zoo.v1.Zoo/Echo", body="{}"),
)
