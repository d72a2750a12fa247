"""Plugins made by hand: a small scheme, hooks that return given lists, what is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hpf.core import (
    STAFF,
    Scheme,
    Text,
    entity,
    hookimpl,
)
from hpf.core.errors import SchemeError
from hpf.core.kit.manager import Plugins, load_plugins

TEXT = Text("例", "Example")
TEAM = entity("team", "小组", "Team")


def scheme(folder: Path, code: str = "demo") -> Scheme:
    made = Scheme(code, zh="例", en="Demo", document="D", here=str(folder / "x.py"))
    made.decimal(STAFF, "score", zh="分", en="Score")

    @made.rule(STAFF, zh="得分", en="Points", clause="D.1")
    def points(row: Any) -> Any:
        return row.score

    return made


def plugin(**hooks: Any) -> SimpleNamespace:
    """A plugin whose hooks return the given lists."""

    def hook(name: str, value: Any) -> Any:
        def implementation() -> Any:
            return value

        implementation.__name__ = name
        return hookimpl(implementation)

    return SimpleNamespace(**{n: v if callable(v) else hook(n, v) for n, v in hooks.items()})


def load(**plugins: Any) -> Plugins:
    return load_plugins(plugins, installed=False)


def refused(**plugins: Any) -> str:
    with pytest.raises(SchemeError) as caught:
        load(**plugins)
    assert all(p.message.zh and p.message.en for p in caught.value.problems)
    return str(caught.value)
