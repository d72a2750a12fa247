"""The list of packages in pyproject.toml against the folders: one left out drops from the wheel."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
TREES = {"hpf": "hpf", "hpf_plugins": "plugins", "hpf_cli": "cli"}


def project() -> dict[str, Any]:
    with (TOP / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def folders() -> dict[str, Path]:
    """Import name -> folder, of every folder with Python files under the three trees.

    A plugin's `sample` is data, and so are the scripts in it that made them.
    """
    found = {}
    for name, tree in TREES.items():
        for folder in [TOP / tree, *(TOP / tree).rglob("*")]:
            if folder.is_dir() and folder.name != "sample" and any(folder.glob("*.py")):
                found[".".join([name, *folder.relative_to(TOP / tree).parts])] = folder
    return found


def test_every_folder_with_python_is_a_package() -> None:
    bare = [str(f.relative_to(TOP)) for f in folders().values() if not (f / "__init__.py").exists()]
    assert not bare, f"these folders have modules but no __init__.py: {bare}"


def test_the_list_of_packages_is_the_folders() -> None:
    listed = project()["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(set(listed)), "a package is listed twice"
    missing = sorted(set(folders()) - set(listed))
    assert not missing, (
        f"add to [tool.setuptools] packages, or they drop out of the wheel: {missing}"
    )
    stale = sorted(set(listed) - set(folders()))
    assert not stale, f"listed in [tool.setuptools] packages, but there is no such folder: {stale}"


def test_each_tree_has_its_import_name() -> None:
    assert project()["tool"]["setuptools"]["package-dir"] == TREES


def test_entry_points_name_the_plugins_that_exist() -> None:
    declared = project()["project"]["entry-points"]["hpf"]
    plugins = {
        folder.name: f"hpf_plugins.{folder.name}"
        for folder in (TOP / "plugins").iterdir()
        if (folder / "__init__.py").exists()
    }
    assert declared == plugins


def test_every_data_file_is_package_data() -> None:
    """A kind of file nobody listed would be missing from the wheel only."""
    patterns = project()["tool"]["setuptools"]["package-data"]["*"]
    packages = set(folders().values())
    left_out = []
    for tree in TREES.values():
        for path in (TOP / tree).rglob("*"):
            if path.is_dir() or "__pycache__" in path.parts:
                continue
            if path.suffix == ".py" and "sample" not in path.parts:
                continue
            home = next(parent for parent in path.parents if parent in packages)
            if not any(path in set(home.glob(pattern)) for pattern in patterns):
                left_out.append(str(path.relative_to(TOP)))
    assert not left_out, f"no pattern of [tool.setuptools.package-data] covers {left_out}"


def test_the_version_is_said_once_more_only_in_hpf() -> None:
    text = (TOP / "hpf" / "__init__.py").read_text("utf-8")
    said = re.search(r'__version__ = "([^"]+)"', text)
    assert said is None or said[1] == project()["project"]["version"]


def _names(requirements: list[str]) -> set[str]:
    return {_normal(re.split(r"[<>=!~\[ ;]", line)[0]) for line in requirements}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_pin_what_is_asked_for_and_nothing_but_versions() -> None:
    table = project()["project"]
    extras = table["optional-dependencies"]
    for file, wanted in {
        "constraints.txt": ["dev", "docs"],
        "constraints-bench.txt": ["bench"],
    }.items():
        lines = (TOP / file).read_text("utf-8").splitlines()
        pins = [line for line in lines if line and not line.startswith("#")]
        odd = [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)]
        assert not odd, f"{file}: only name==version, no hosts, hashes or ranges: {odd}"
        asked = _names(table["dependencies"]).union(*(_names(extras[extra]) for extra in wanted))
        unpinned = sorted(asked - {_normal(pin.split("==")[0]) for pin in pins})
        assert not unpinned, f"{file} does not pin {unpinned}; run scripts/pin"


def test_both_environments_compute_with_the_same_versions() -> None:
    """Benchmarks say something about HPF only with the libraries HPF runs on."""
    table = project()["project"]
    pins = [
        {
            _normal(line.split("==")[0]): line.split("==")[1]
            for line in (TOP / file).read_text("utf-8").splitlines()
            if "==" in line
        }
        for file in ("constraints.txt", "constraints-bench.txt")
    ]
    for name in sorted(_names(table["dependencies"])):
        assert pins[0][name] == pins[1][name], name
