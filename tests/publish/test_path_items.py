"""publish/path_items: templates as OpenAPI paths; endpoints that share one (OA2, PT15)."""

from tests.publish.endpoints import endpoint, in_path, operation, written


def test_a_pattern_is_written_out_oa2() -> None:
    paths = written(endpoint("GET", "/v1/{name=shelves/*}:lend"))["paths"]

    assert ["/v1/shelves/{name}:lend"] == list(paths)


def test_a_part_of_a_path_parameter_has_a_pattern_and_says_what_it_is_a_part_of_oa2() -> None:
    (parameter,) = operation(endpoint("GET", "/v1/{name=shelves/*}"))["parameters"]

    assert {"type": "string", "pattern": "^[^/]+$"} == parameter["schema"]
    assert "The name. Part of `name`, which is `shelves/{name}`." == parameter["description"]


def test_each_wildcard_of_one_variable_has_a_name_of_its_own_oa2() -> None:
    found = operation(endpoint("GET", "/v1/{name=shelves/*/books/*}"))["parameters"]

    assert ["name-1", "name-2"] == [parameter["name"] for parameter in found]


def test_a_parameter_that_may_hold_slashes_says_so() -> None:
    (parameter,) = operation(endpoint("GET", "/v1/files/{path=**}"))["parameters"]

    assert "May hold slashes" in parameter["description"]


def test_a_whole_path_parameter_keeps_its_own_schema() -> None:
    number = {"type": "integer", "format": "int32"}
    one = endpoint("GET", "/v1/todos/{n}", parameters=(in_path("n", number),))

    assert number == operation(one)["parameters"][0]["schema"]


def test_paths_that_differ_in_parameter_names_only_are_one_path() -> None:
    """OpenAPI takes /a/{todo_id} and /a/{todo.id} for the same path: one name must do for both."""
    paths = written(
        endpoint("GET", "/v1/todos/{todo_id}"), endpoint("PATCH", "/v1/todos/{todo.id}")
    )["paths"]

    ((path, item),) = paths.items()
    assert ("/v1/todos/{todo_id}", ["get", "patch"]) == (path, list(item))
    for found in item.values():
        assert [path] == [f"/v1/todos/{{{one['name']}}}" for one in found["parameters"]]


def test_what_the_same_path_cannot_hold_is_listed_beside_it_oa2() -> None:
    """`*` and `**` are one path to OpenAPI: the exact one is the operation, the other is kept."""
    paths = written(endpoint("GET", "/v1/{b=**}"), endpoint("GET", "/v1/{c}"))["paths"]

    ((path, item),) = paths.items()
    assert ("/v1/{c}", "GET__v1_{c}") == (path, item["get"]["operationId"])
    (other,) = item["x-overlapping-operations"]
    assert ("get", "GET__v1_{b=**}") == (other["method"], other["operationId"])


def test_an_endpoint_of_every_method_is_listed_under_the_usual_ones_pt15() -> None:
    item = written(endpoint("*", "/v1/any"), endpoint("GET", "/v1/any"))["paths"]["/v1/any"]

    assert ["get", "put", "post", "delete", "patch"] == list(item)
    assert ["GET__v1_any", "*__v1_any_put"] == [item[one]["operationId"] for one in ("get", "put")]


def test_a_method_that_openapi_does_not_know_is_kept_as_an_extension_pt15() -> None:
    item = written(endpoint("PURGE", "/v1/cache"))["paths"]["/v1/cache"]

    assert ["PURGE"] == list(item["x-additional-operations"])
