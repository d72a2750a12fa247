"""The smallest outside plugin: installed into a scratch environment, it is found and it holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PLUGIN = TOP / "examples" / "outside_plugin"
LOOK = """
import json
from hpf.core.kit.check import check_scheme
from hpf.core.kit.manager import load_plugins, load_programs
import hpf_cleaning

plugins = load_plugins()
programs = load_programs(plugins)
report = check_scheme(programs["cleaning"], programs.beside("cleaning"), mutate=True)
print(json.dumps({
    "plugin": plugins.plugin_of["cleaning"],
    "from": hpf_cleaning.__file__,
    "problems": [p.line("en") for p in report.problems],
    "examples": report.examples,
    "mutants": report.gate.total,
    "killed": report.gate.killed,
}))
"""


def scratch(folder: Path) -> Path:
    """An environment without anything of its own but what the present one has."""
    venv.create(folder, with_pip=False, symlinks=True)
    bin_folder = "Scripts" if sys.platform == "win32" else "bin"
    python = folder / bin_folder / Path(sys.executable).name
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = Path(subprocess.check_output([str(python), "-c", asked], text=True).strip())
    present = subprocess.check_output([sys.executable, "-c", asked], text=True).strip()
    # addsitedir, not a bare path: the present environment's own .pth files count as well
    (own / "present.pth").write_text(f"import site; site.addsitedir({present!r})\n{TOP}\n", "utf-8")
    return python


@pytest.mark.slow
def test_an_outside_plugin_is_installed_and_found(tmp_path: Path) -> None:
    import json

    python = scratch(tmp_path / "env")
    source = shutil.copytree(PLUGIN, tmp_path / "source")
    install = [
        sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
        "--no-index", "--no-build-isolation", "--disable-pip-version-check", str(source),
    ]  # fmt: skip
    done = subprocess.run(install, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seen = subprocess.run(
        [str(python), "-c", LOOK], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert seen.returncode == 0, seen.stderr
    found = json.loads(seen.stdout)
    assert found["plugin"] == "cleaning"
    assert Path(found["from"]).is_relative_to(tmp_path / "env")
    assert found["problems"] == []
    assert found["examples"] == 1
    assert found["killed"] == found["mutants"] > 5


def test_it_uses_nothing_but_the_public_api() -> None:
    import ast

    import hpf.core

    tree = ast.parse((PLUGIN / "hpf_cleaning" / "__init__.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            assert node.module == "hpf.core"
            assert {a.name for a in node.names} <= set(hpf.core.__all__)
