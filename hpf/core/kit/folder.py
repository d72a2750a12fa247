"""A plugin straight from its folder, whether it is installed or not, and beside another version.

    with plugin_folder(Path("hpf-blood-desk")) as plugin:
        programs = plugin.programs()

What the folder's package imports of itself is read from that folder, and forgotten afterwards: so
two versions of one plugin can be looked at in one process.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from hpf.core.errors import Problem, SchemeError, Text
from hpf.core.kit.hookspecs import PROJECT
from hpf.core.kit.manager import Plugins, installed_names, load_plugins, plugin_broken
from hpf.core.kit.programs import Programs


@dataclass(frozen=True, slots=True)
class FolderPlugin:
    """A plugin as its folder has it. name: of its entry point; plugins: it and those installed."""

    name: str
    folder: Path
    plugins: Plugins

    def programs(self) -> Programs:
        """The schemes of this plugin alone, each built now, while its modules are at hand.

        Raises SchemeError with the mistakes of all of them.
        """
        mine = {c: self.plugins.schemes[c] for c, n in self.plugins.plugin_of.items()
                if n == self.name}  # fmt: skip
        programs, wrong = Programs(mine), list[Problem]()
        for code in programs:
            try:
                programs[code]
            except SchemeError as error:
                wrong += error.problems
        if wrong:
            raise SchemeError(wrong)
        return programs


@contextmanager
def plugin_folder(path: Path) -> Iterator[FolderPlugin]:
    """Import the plugin of a folder: a project with a pyproject.toml, or the package itself.

    Raises SchemeError where there is none, or it does not load.
    """
    name, package, folder = _found(path)
    with _apart(package, folder) as module:
        yield FolderPlugin(name, folder, _beside_installed(name, module))


def _beside_installed(name: str, module: ModuleType) -> Plugins:
    """With the other installed plugins, whose entities it may use; those that do not load are left
    out: their mistakes are none of this author's."""
    others = [n for n in installed_names() if n != name]
    try:
        return load_plugins({name: module}, only=others)
    except SchemeError as error:
        broken = {p.name for p in error.problems} - {name}
        if not broken or any(p.name == name for p in error.problems):
            raise
    return load_plugins({name: module}, only=[n for n in others if n not in broken])


def folder_programs(path: Path) -> Programs:
    """The schemes of a folder's plugin, built. Raises SchemeError with every mistake."""
    with plugin_folder(path) as plugin:
        return plugin.programs()


def _found(path: Path) -> tuple[str, str, Path]:
    """The entry point's name, the package's name, and the package's folder."""
    path = path.resolve()
    project = path / "pyproject.toml"
    if not project.is_file():
        if not (path / "__init__.py").is_file():
            raise SchemeError([_no_plugin(path)])
        return path.name, path.name, path
    try:
        data = tomllib.loads(project.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = Text(f"不是 TOML：{error}", f"is no TOML: {error}")
        cure = Text("请照 hpf new-plugin 写出的样式改", "Mend it after what hpf new-plugin writes")
        raise SchemeError(
            [Problem("plugin.project", message, cure, f"{path.name}/{project.name}")]
        ) from None
    points = data.get("project", {}).get("entry-points", {}).get(PROJECT, {})
    if len(points) != 1:
        message = Text(
            f"[project.entry-points.{PROJECT}] 有 {len(points)} 个入口点，应为 1 个",
            f"[project.entry-points.{PROJECT}] names {len(points)} entry points; one is needed",
        )
        cure = Text('请在其下写一行：名称 = "包名"', 'Write one line below it: NAME = "PACKAGE"')
        raise SchemeError([Problem("plugin.project", message, cure, f"{path.name}/{project.name}")])
    ((name, package),) = points.items()
    for folder in (path, path / "src"):
        inside = folder.joinpath(*package.split("."))
        if (inside / "__init__.py").is_file():
            return name, package, inside
    message = Text(
        f"入口点 {name} 指向 {package}，但没有 {package}/__init__.py",
        f"entry point '{name}' names {package}, but there is no {package}/__init__.py",
    )
    cure = Text("请改入口点，或改文件夹名", "Mend the entry point, or rename the folder")
    raise SchemeError([Problem("plugin.project", message, cure, f"{path.name}/{project.name}")])


def _no_plugin(path: Path) -> Problem:
    if not path.is_dir():
        message = Text("没有这个文件夹", "there is no such folder")
        cure = Text("请检查路径", "Check the path")
    else:
        message = Text(
            "这里没有插件：既无 pyproject.toml，也无 __init__.py",
            "there is no plugin here: neither pyproject.toml nor __init__.py",
        )
        cure = Text("新插件用 hpf new-plugin 建立", "hpf new-plugin makes a new one")
    return Problem("plugin.no_folder", message, cure, str(path))


@contextmanager
def _apart(package: str, folder: Path) -> Iterator[ModuleType]:
    """The package from this folder, and nothing of it left in `sys.modules` afterwards."""

    def mine(name: str) -> bool:
        return name == package or name.startswith(f"{package}.")

    held = {n: m for n, m in sys.modules.items() if mine(n)}
    for name in held:
        del sys.modules[name]
    place = folder / "__init__.py"
    spec = spec_from_file_location(package, place, submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[package] = module
    # compiled files know a source by its second and its size: an edit can be missed
    writing, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        try:
            spec.loader.exec_module(module)
        except Exception as error:  # whatever the package raises is told, not spread
            raise SchemeError([plugin_broken(package, folder.name, error)]) from error
        yield module
    finally:
        sys.dont_write_bytecode = writing
        for name in [n for n in sys.modules if mine(n)]:
            del sys.modules[name]
        sys.modules.update(held)
