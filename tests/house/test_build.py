"""The wheel, built and installed as anyone would get it: three trees, their data, one command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TREES = {"hpf": "hpf", "hpf_plugins": "plugins", "hpf_cli": "cli"}

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """What a command printed; its whole output if it fails."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**clean, "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: an old build folder beside the sources would leak into the wheel."""
    room = tmp_path_factory.mktemp("wheel")
    source = room / "source"
    source.mkdir()
    for tree in TREES.values():
        shutil.copytree(TOP / tree, source / tree, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(TOP / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run(*pip, "--no-index", "--wheel-dir", room, source, cwd=room)
    (built,) = room.glob("hospital_performance_framework-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel in it; libraries come from the current one."""
    room = tmp_path_factory.mktemp("installed")
    venv.create(room / "env", with_pip=False, symlinks=os.name != "nt")
    folder = "Scripts" if os.name == "nt" else "bin"
    python = room / "env" / folder / ("python.exe" if os.name == "nt" else "python")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    run(*pip, "--no-deps", "--no-index", wheel, cwd=room)
    places = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=room)
    libraries = sysconfig.get_path("purelib")
    # A line of a .pth file adds the folder but runs none of its own .pth files, so the editable
    # install of the checkout stays out of sight.
    (Path(places.strip()) / "libraries.pth").write_text(f"{libraries}\n", "utf-8")
    return python


def data_files() -> set[str]:
    return {
        f"{name}/{path.relative_to(TOP / tree).as_posix()}"
        for name, tree in TREES.items()
        for path in (TOP / tree).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_file_of_the_three_trees(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert inside == data_files()
    assert {name for name in inside if name.endswith(".yaml")}, "no YAML in the wheel"
    assert "hpf/py.typed" in inside


def test_the_wheel_says_licence_command_and_plugins(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name.rpartition("/")[2]: archive.read(name).decode("utf-8")
            for name in archive.namelist()
            if ".dist-info/" in name
        }
    assert "License-Expression: Apache-2.0" in texts["METADATA"]
    assert "Apache License" in texts["LICENSE"]
    assert "hpf = hpf_cli:main" in texts["entry_points.txt"]
    assert "departments = hpf_plugins.departments" in texts["entry_points.txt"]


def test_the_installed_wheel_imports_from_its_own_place(installed: Path, tmp_path: Path) -> None:
    code = "import hpf, hpf_cli, hpf_plugins; print(hpf.__file__, hpf_cli.__file__, hpf_plugins)"
    said = run(installed, "-c", code, cwd=tmp_path)
    assert str(TOP / "hpf") not in said
    assert str(installed.parents[1]) in said


def test_the_installed_plugins_load_with_their_data(installed: Path, tmp_path: Path) -> None:
    code = (
        "from importlib.metadata import entry_points\n"
        "from importlib.resources import files\n"
        "for point in entry_points(group='hpf'):\n"
        "    module = point.load()\n"
        "    names = sorted(f.name for f in files(module).iterdir() if f.name.endswith('.yaml'))\n"
        "    print(point.name, *names)\n"
    )
    said = run(installed, "-c", code, cwd=tmp_path).splitlines()
    wanted = {
        folder.name: sorted(path.name for path in folder.glob("*.yaml"))
        for folder in (TOP / "plugins").iterdir()
        if (folder / "__init__.py").exists()
    }
    assert {line.split()[0]: line.split()[1:] for line in said} == wanted


def test_the_installed_command_answers(installed: Path, tmp_path: Path) -> None:
    command = installed.with_name("hpf.exe" if os.name == "nt" else "hpf")
    assert "schemes" in run(command, "--help", cwd=tmp_path)
    assert run(command, "schemes", cwd=tmp_path).strip()
    assert "schemes" in run(installed, "-m", "hpf_cli", "--help", cwd=tmp_path)
