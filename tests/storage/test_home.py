"""A hospital's home: hpf.toml says where everything is, and every mistake in it is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hpf.core.errors import HpfError
from hpf.storage.engine import connect
from hpf.storage.home import Home, absolute_url, write_toml
from hpf.storage.migrations import upgrade
from hpf.storage.troubles import StorageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = Home(tmp_path, "H01", '某"医院"\\', ("township",), "", tmp_path / "keys")
    (tmp_path / "hpf.toml").write_text(write_toml(home), "utf-8")
    return tmp_path


def test_what_is_written_is_what_is_read(folder: Path) -> None:
    home = Home.open(folder)
    assert (home.hospital_code, home.hospital_name) == ("H01", '某"医院"\\')
    assert home.plugins == ("township",)
    assert home.keys == folder / "keys"
    assert home.url == f"sqlite:///{folder}/hpf.db"
    assert list(home.programs()) == ["township", "township_year"]


def test_the_folder_may_be_moved(folder: Path, tmp_path: Path) -> None:
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    shutil.move(folder, moved)
    assert Home.open(moved).database_file() == moved / "hpf.db"


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("sqlite:///x/hpf.db", "sqlite:////home/x/hpf.db"),
        ("sqlite:////data/hpf.db", "sqlite:////data/hpf.db"),
        ("postgresql://u@h/n", "postgresql://u@h/n"),
        ("nonsense", "nonsense"),
    ],
)
def test_addresses_are_taken_from_the_folder(url: str, whole: str) -> None:
    assert absolute_url(url, Path("/home")) == whole


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    (folder / "hpf.toml").write_text(
        'plugins = []\nlanguage = "fr"\nkeyz = 1\n[hospital]\ncode = 7\n[database]\nurl = ""\n',
        "utf-8",
    )
    with pytest.raises(StorageError) as caught:
        Home.open(folder)
    told = {p.name: p.line("en") for p in caught.value.problems}
    assert set(told) == {
        "plugins", "language", "keyz", "hospital.code", "hospital.name", "database.url",
    }  # fmt: skip
    assert "keys" in told["keyz"], "the nearest known entry"


def test_a_folder_without_hpf_toml_and_one_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="hpf init"):
        Home.open(tmp_path)
    (tmp_path / "hpf.toml").write_text("[hospital\n", "utf-8")
    with pytest.raises(StorageError, match="line 1"):
        Home.open(tmp_path)


def test_a_database_of_another_revision_is_refused_with_the_cure(folder: Path) -> None:
    home = Home.open(folder)
    with pytest.raises(StorageError, match="not there"):
        home.engine()
    engine = connect(home.url)
    with pytest.raises(StorageError, match="hpf init"):
        home.engine()
    upgrade(engine)
    home.engine().dispose()
    for revision, said in (("0000", "hpf upgrade"), ("9999", "install a newer")):
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
        with pytest.raises(StorageError, match=said):
            home.engine()
        home.engine(check=False).dispose()
    engine.dispose()


def test_only_enabled_plugins_count(folder: Path) -> None:
    """What else is installed is not even imported; what is missing is told with the nearest."""
    home = Home(folder, "H", "H", ("townshp", "township"), "", folder)
    with pytest.raises(HpfError, match="Did you mean") as caught:
        home.programs()
    assert [p.name for p in caught.value.problems] == ["townshp"]
