"""Who may come in, seen from outside."""

import pytest

PATHS = ["/mobile/v1/dashboard", "/web/v1/dashboard", "/web/v1/products/p-1", "/v1/todos"]
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "options",
    [
        None,
        {"expires_in_s": -60},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"audience": "somebody-else"},
        {"issuer": "https://evil.test"},
    ],
    ids=["no token", "expired", "alg none", "HS256", "audience", "issuer"],
)
async def test_rows_86_88_89_90_a_bad_token_is_a_401_that_says_what_to_do(demo, path, options):
    headers = {} if options is None else demo.bearer("ada", **options)
    answer = await demo.public.get(path, headers=headers)

    problem = answer.json()
    assert (401, "UNAUTHENTICATED") == (answer.status_code, problem["code"])
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert len(problem["detail"]) > 20
    for secret in ("jwt", "PyJWT", "grpc-bff-demo", "demo.grpc-bff.test", "evil.test"):
        assert secret not in answer.text.replace(problem["type"], "")
    assert [] == demo.services.record.methods


async def test_each_caller_sees_their_own(demo):
    names = [(await demo.get(PATHS[0], by=name)).json()["user"]["name"] for name in ("ada", "bob")]
    assert names[0] != names[1]


async def test_services_get_the_request_id_and_nothing_that_a_client_made_up(demo):
    """Row 106: metadata is an allow-list."""
    await demo.get(
        PATHS[0],
        **{"x-request-id": "journey-1", "x-user-id": "bob", "grpc-metadata-x-user-id": "bob"},
    )
    sent = [dict(call.metadata) for call in demo.services.record.calls]
    assert {"journey-1"} == {one["x-request-id"] for one in sent}
    assert not any("user-id" in key for one in sent for key in one)
