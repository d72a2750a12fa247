"""What `hpf.core` exports: the list, its lazy homes and its types agree; importing it is light."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import hpf.core


def test_every_name_is_there_and_comes_from_its_home() -> None:
    for name in hpf.core.__all__:
        home = import_module(f"hpf.core.{hpf.core._HOME_OF[name]}")
        assert getattr(hpf.core, name) is getattr(home, name)
    assert set(hpf.core._HOME_OF) == set(hpf.core.__all__)
    assert set(hpf.core.__all__) <= set(dir(hpf.core))


def test_what_the_type_checker_sees_is_what_is_exported() -> None:
    source = Path(hpf.core.__file__).read_text("utf-8")
    (block,) = [n for n in ast.parse(source).body if isinstance(n, ast.If)]
    seen = {a.name for n in block.body if isinstance(n, ast.ImportFrom) for a in n.names}
    assert seen == set(hpf.core.__all__)


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'splitt'"):
        _ = hpf.core.splitt


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import hpf.core", ["polars", "yaml", "pluggy", "hpf.core.schemes"]),
        ("from hpf.core import *", ["polars"]),
    ],
)
def test_importing_is_light(code: str, absent: list[str]) -> None:
    check = f"{code}\nimport sys\nsys.exit(','.join(m for m in {absent} if m in sys.modules) or 0)"
    done = subprocess.run(
        [sys.executable, "-c", check], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
