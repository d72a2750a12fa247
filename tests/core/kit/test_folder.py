"""A plugin from its folder: uninstalled, in two versions at once, or told why not."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from hpf.core.errors import SchemeError
from hpf.core.kit.folder import folder_programs

OUTSIDE = Path(__file__).parents[3] / "examples" / "outside_plugin"


def copied(tmp_path: Path, name: str) -> Path:
    return shutil.copytree(
        OUTSIDE, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )


def test_a_project_and_its_package_are_the_same_plugin(tmp_path: Path) -> None:
    folder = copied(tmp_path, "one")
    one, two = folder_programs(folder), folder_programs(folder / "hpf_cleaning")
    assert list(one) == list(two) == ["cleaning"]
    assert one["cleaning"].formula_digest() == two["cleaning"].formula_digest()


def test_two_versions_are_read_side_by_side_and_leave_no_module(tmp_path: Path) -> None:
    old, new = copied(tmp_path, "old"), copied(tmp_path, "new")
    module = new / "hpf_cleaning" / "__init__.py"
    text = module.read_text("utf-8").replace("night_weight, 1)", "night_weight, 2)")
    module.write_text(text, "utf-8")
    before = set(sys.modules)
    digests = {folder_programs(f)["cleaning"].formula_digest() for f in (old, new, old)}
    assert len(digests) == 2
    assert not {m for m in set(sys.modules) - before if "cleaning" in m}


def test_an_edit_of_the_same_size_in_the_same_second_is_seen(tmp_path: Path) -> None:
    folder = copied(tmp_path, "one")
    module = folder / "hpf_cleaning" / "__init__.py"
    text, stamp = module.read_text("utf-8"), 1_700_000_000
    digests = []
    for night in ("1", "3"):
        module.write_text(text.replace("night_weight, 1)", f"night_weight, {night})"), "utf-8")
        os.utime(module, (stamp, stamp))
        digests.append(folder_programs(folder)["cleaning"].formula_digest())
    assert len(set(digests)) == 2
    assert not list(folder.rglob("__pycache__"))


def test_modules_that_import_their_package_by_name_are_read_from_the_folder(tmp_path: Path) -> None:
    folder = copied(tmp_path, "one")
    package = folder / "hpf_cleaning"
    (package / "rules.py").write_text((package / "__init__.py").read_text("utf-8"), "utf-8")
    (package / "__init__.py").write_text("from hpf_cleaning.rules import hpf_schemes\n", "utf-8")
    assert list(folder_programs(folder)) == ["cleaning"]


def test_a_built_in_plugin_can_be_read_from_its_folder() -> None:
    from hpf.core.kit.manager import load_plugins, load_programs

    installed = load_programs(load_plugins())
    folder = installed["cardiology"].folder
    found = folder_programs(folder)
    assert set(found) == {p.code for p in installed.beside("cardiology")}
    assert found["cardiology"].formula_digest() == installed["cardiology"].formula_digest()


def test_another_plugin_that_is_broken_is_no_mistake_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import EntryPoint

    from hpf.core.kit import folder as kit_folder
    from hpf.core.kit import manager

    broken = EntryPoint("elsewhere", "no_such_module_anywhere", "hpf")
    monkeypatch.setattr(manager, "entry_points", lambda group: [broken])
    monkeypatch.setattr(kit_folder, "installed_names", lambda: ["elsewhere"])
    assert list(folder_programs(copied(tmp_path, "one"))) == ["cleaning"]
    (tmp_path / "one" / "hpf_cleaning" / "__init__.py").write_text("hpf_schemes = 1\nimport nix_x")
    with pytest.raises(SchemeError, match="nix_x"):
        folder_programs(tmp_path / "one")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: shutil.rmtree(f), "no such folder"),
        (lambda f: shutil.rmtree(f / "hpf_cleaning"), "no hpf_cleaning/__init__.py"),
        (lambda f: (f / "pyproject.toml").unlink(), "neither pyproject.toml"),
        (lambda f: (f / "pyproject.toml").write_text("x"), "no TOML"),
        (lambda f: (f / "pyproject.toml").write_text("[project]\n"), "names 0 entry points"),
        (lambda f: (f / "hpf_cleaning" / "__init__.py").write_text("import nowhere_x"), "nowhere_"),
        (lambda f: (f / "hpf_cleaning" / "parameters.yaml").write_text("cleaning: {x: 1}"), "x"),
    ],
)  # fmt: skip
def test_what_is_no_plugin_is_told(tmp_path: Path, change: object, told: str) -> None:
    folder = copied(tmp_path, "one")
    change(folder)  # type: ignore[operator]
    with pytest.raises(SchemeError) as caught:
        folder_programs(folder)
    assert told in str(caught.value)
    assert all(p.cure.en or p.message.en for p in caught.value.problems)
