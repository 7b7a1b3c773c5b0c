"""What is watched: the config, descriptor sets, rules, and every proto of every folder."""

import os
from pathlib import Path

import pytest

from bff.settings import Settings, load
from bff.watched import look


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "protos" / "deep").mkdir(parents=True)
    for name in ("set.binpb", "rules.json", "protos/a.proto", "protos/deep/b.proto", "protos/x"):
        (tmp_path / name).write_text(name)
    (tmp_path / "bff.toml").write_text(
        '[contract]\ndescriptors = ["set.binpb"]\nprotos = ["protos"]\nrules = "rules.json"\n'
    )
    return load(tmp_path / "bff.toml", environment={})


async def test_every_source_is_watched_and_nothing_else(settings):
    seen = await look(settings, {})
    assert ["a.proto", "b.proto", "bff.toml", "rules.json", "set.binpb"] == sorted(
        Path(one).name for one in seen
    )


async def test_ht11_a_touch_a_new_file_and_a_lost_file_are_changes(settings):
    protos = settings.folder / "protos"
    looks = [await look(settings, {})]
    os.utime(protos / "a.proto", ns=(1, 1))
    looks.append(await look(settings, {}))
    (protos / "deep" / "c.proto").write_text("")
    looks.append(await look(settings, {}))
    (settings.folder / "set.binpb").unlink()
    looks.append(await look(settings, {}))

    assert 4 == len({repr(sorted(one.items())) for one in looks})
    assert looks[3] == await look(settings, {})
