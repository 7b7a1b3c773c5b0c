"""Files in and out as raw bytes, by annotations alone: HB1, HB2, HB3, HB5, HB6; row 84."""

import pytest

from bff.contract.media.http_body import INERT

pytestmark = pytest.mark.asyncio(loop_scope="module")
PATH = "/v1/todos/t-1/attachment"
EVERY_BYTE = bytes(range(256)) * 4


async def put(demo, content: bytes, content_type: str = "", path: str = PATH):
    kind = {"content-type": content_type} if content_type else {}
    return await demo.public.put(path, content=content, headers={**demo.bearer("ada"), **kind})


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (EVERY_BYTE, "image/png"),
        (b'{"a": 1, "a": 2}', "application/json"),
        (b"\x08\x96\x01", "application/x-protobuf"),
        (b"a=1&b=2", "application/x-www-form-urlencoded"),
        ("<h1>Grüße</h1>".encode("utf-16"), "text/html; charset=utf-16"),
        (b"", "text/plain"),
    ],
)
async def test_hb1_hb2_bytes_go_in_and_come_back_as_they_are(demo, content, content_type):
    stored = await put(demo, content, content_type)
    assert (200, str(len(content))) == (stored.status_code, stored.json()["sizeBytes"])

    answer = await demo.get(PATH)
    assert (200, content, content_type, str(len(content))) == (
        answer.status_code,
        answer.content,
        answer.headers["content-type"],
        answer.headers["content-length"],
    )


async def test_hb2_bytes_without_a_type_are_octets(demo):
    await put(demo, EVERY_BYTE)
    answer = await demo.get(PATH)
    assert ("application/octet-stream", EVERY_BYTE) == (
        answer.headers["content-type"],
        answer.content,
    )


async def test_hb2_whatever_a_client_accepts_the_file_is_what_it_is(demo):
    await put(demo, b"x", "image/png")
    answer = await demo.get(PATH, accept="text/html")
    assert (200, b"x") == (answer.status_code, answer.content)


async def test_hb3_the_path_still_names_the_resource(demo):
    await put(demo, b"two", "text/plain", "/v1/todos/t-2/attachment")
    await put(demo, b"one", "text/plain")
    assert b"two" == (await demo.get("/v1/todos/t-2/attachment")).content
    conflict = await put(demo, b"x", "text/plain", f"{PATH}?todo_id=t-2")
    assert (400, "binding-conflict") == (conflict.status_code, slug(conflict))


async def test_a_page_that_somebody_uploaded_is_inert(demo):
    """Stored XSS: no sniffing, no scripts under our name."""
    await put(demo, b"<script>alert(1)</script>", "text/html")
    answer = await demo.get(PATH)
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert dict(INERT)["content-security-policy"] == answer.headers["content-security-policy"]
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_only_raw_answers_are_sandboxed(demo):
    assert "content-security-policy" not in (await demo.get("/v1/todos/t-1")).headers


@pytest.mark.parametrize("content_type", ["nonsense", "text/html, text/plain", "a/b; c"])
async def test_a_content_type_that_is_none_reaches_no_service(demo, content_type):
    refused = await put(demo, b"x", content_type)
    assert (415, "unsupported-media-type") == (refused.status_code, slug(refused))
    assert [] == demo.services.record.methods


async def test_row_84_a_form_is_refused_while_forms_are_off(demo):
    refused = await demo.public.put(
        PATH, files={"content": ("a.txt", b"x", "text/plain")}, headers=demo.bearer("ada")
    )
    assert (415, "unsupported-media-type") == (refused.status_code, slug(refused))


async def test_row_52_a_file_over_the_limit(demo):
    refused = await put(demo, b"x" * 262_145, "image/png")
    assert (413, "body-too-large") == (refused.status_code, slug(refused))


async def test_a_file_that_did_not_change_is_not_sent_again(demo):
    """HT8 holds for bytes too."""
    await put(demo, EVERY_BYTE, "image/png")
    tag = (await demo.get(PATH)).headers["etag"]
    again = await demo.public.get(PATH, headers={**demo.bearer("ada"), "if-none-match": tag})
    assert (304, b"") == (again.status_code, again.content)


async def test_the_document_says_that_it_is_binary(demo):
    paths = (await demo.admin.get("/openapi.json")).json()["paths"]
    item = paths["/v1/todos/{todo_id}/attachment"]
    assert "binary" == item["get"]["responses"]["200"]["content"]["*/*"]["schema"]["format"]
    assert "binary" == item["put"]["requestBody"]["content"]["*/*"]["schema"]["format"]


def slug(answer) -> str:
    return answer.json()["type"].rpartition("/")[2]
