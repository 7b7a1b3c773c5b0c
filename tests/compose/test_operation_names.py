"""Operation ids: short, stable, and never twice (OA5, PT14)."""

from bff.compose.operation_names import operation_names


def names(*bindings: tuple[str, int]) -> list[str]:
    found = operation_names(bindings)
    return [found[one] for one in bindings]


def test_oa5_a_binding_is_named_after_its_service_and_method():
    assert ["Books_Get", "Books_Get1"] == names(("a.v1.Books/Get", 0), ("a.v1.Books/Get", 1))


def test_oa5_services_of_one_name_in_two_packages_bear_their_package():
    assert ["a_v1_Books_Get", "a_v2_Books_Get", "Books_List"] == names(
        ("a.v1.Books/Get", 0), ("a.v2.Books/Get", 0), ("a.v1.Books/List", 0)
    )


def test_pt14_a_second_binding_never_takes_the_name_of_another_rpc():
    found = names(("a.Books/Get", 0), ("a.Books/Get", 1), ("a.Books/Get1", 0))
    assert ["Books_Get", "a_Books_Get_1", "a_Books_Get1_0"] == found


def test_names_do_not_depend_on_the_order_of_the_rpcs():
    bindings = [("a.Books/Get", 0), ("b.Books/Get", 0), ("a.Books/Get1", 0), ("a.Books/Get", 1)]
    assert dict(operation_names(bindings)) == dict(operation_names(reversed(bindings)))


def test_a_service_without_a_package_keeps_its_name():
    assert ["Books_Get", "a_Books_Get"] == sorted(names(("Books/Get", 0), ("a.Books/Get", 0)))
