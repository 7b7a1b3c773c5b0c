"""Views are found in the modules of a package; one that can't be imported is told with the rest."""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from bff.compose.view.language.finding import found_in
from tests.compose.panel import catalog

VIEW = """\
from bff.compose.view import Fragment, View, call
from generated.identity.users.v1.users_client import UserServiceClient

class Me(Fragment):
    _u = call(UserServiceClient.get_user, user_id="ada")

class Home(Me, get="/v1/home", client="web", deadline_ms=100):
    name: str = Me._u.{field}
"""
Make = Callable[[dict[str, str]], ModuleType]


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Make]:
    """Makes a package of these modules."""
    names: list[str] = []

    def make(modules: dict[str, str]) -> ModuleType:
        name = f"found_views_{tmp_path.name}".replace("-", "_")
        (tmp_path / name).mkdir()
        for module, text in {"__init__": '"""Views."""\n', **modules}.items():
            (tmp_path / name / f"{module}.py").write_text(text)
        names.append(name)
        return import_module(name)

    sys.path.insert(0, str(tmp_path))
    yield make
    sys.path.remove(str(tmp_path))
    for name in [one for one in sys.modules if one.split(".")[0] in names]:
        del sys.modules[name]


def test_a_class_with_a_get_is_found_where_it_is_defined(package: Make) -> None:
    made = package({"a": VIEW.format(field="bio"), "b": "from .a import Home\n"})

    assert ["Home"] == [one.__name__ for one in found_in(made, catalog()).views]


def test_every_module_that_breaks_is_named_with_the_line_and_the_protos(package: Make) -> None:
    made = package(
        {
            "a": VIEW.format(field="biography"),
            "b": VIEW.format(field="bio").replace("get_user", "get_usr"),
            "c": "import nothing_of_this_name\n",
            "d": VIEW.format(field="bio"),
        }
    )
    found = found_in(made, catalog())
    told = [str(one) for one in found.mistakes]

    assert ["a.py:8", "b.py:5", "c.py:1"] == [one.rpartition("/")[2] for one in told]
    assert "identity.users.v1.User has no field `biography`" in told[0]
    assert "(identity/users/v1/users.proto:" in told[0]
    assert "has no attribute 'get_usr'" in told[1]
    assert ["Home"] == [one.__name__ for one in found.views]


def test_a_shape_that_breaks_names_the_screens_that_show_it(package: Make) -> None:
    broken = VIEW.format(field="biography")
    made = package({"home": "from .shapes import Home\n", "shapes": broken})
    [mistake] = found_in(made, catalog()).mistakes

    assert mistake.what.endswith(f"; it breaks {made.__name__}.home")
    assert mistake.where.endswith("shapes.py:8")
