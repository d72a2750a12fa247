"""What plugins are installed, and which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from typing import Any, ClassVar

from hpf.core.errors import Text
from hpf.core.kit import hookspecs
from hpf.core.kit.manager import installed_names
from hpf.portal.admin.listed import Listed
from hpf.portal.admin.lists import Filter
from hpf.portal.database import desk
from hpf.portal.language import language, say
from hpf.portal.rights import Act


@dataclass(frozen=True, slots=True)
class _Plugin:
    key: str
    name: str
    package: str
    version: str
    enabled: bool
    schemes: str = ""


class PluginList(Listed):
    """What is installed and what of it counts."""

    act = Act.PLUGINS
    code = "plugins"
    names = Text("插件", "Plugins")
    about = Text(
        "装上的不等于启用的：启用写在 hpf.toml 的 plugins 里，重启后生效。",
        "Installed is not enabled: hpf.toml lists under 'plugins' what counts, from the next "
        "start on.",
    )
    labels: ClassVar = {
        "name": Text("插件", "Plugin"),
        "package": Text("软件包", "Package"),
        "version": Text("版本", "Version"),
        "enabled": Text("启用", "Enabled"),
        "schemes": Text("方案", "Schemes"),
    }
    codes = frozenset({"name", "package"})
    column_list = ("name", "package", "version", "enabled", "schemes")
    column_details_list = column_list
    column_searchable_list = ("name", "package", "schemes")
    column_sortable_list = ("name", "package")
    kept: ClassVar[dict[str, Any]] = {
        "enabled": Filter(
            Text("启用", "Enabled"),
            lambda: [("yes", say(("已启用", "enabled"))), ("no", say(("未启用", "not enabled")))],
            lambda value: lambda row: row.enabled is (value == "yes"),
        ),
    }

    def rows(self) -> Sequence[Any]:
        """All that is installed; those that are not enabled are not imported."""
        points = {p.name: p for p in entry_points(group=hookspecs.PROJECT)}
        loaded = desk().settings.home.loaded()
        lang = language()
        found = []
        for name in installed_names():
            package = points[name].dist
            one = _Plugin(
                name, name, package.name if package else "", package.version if package else "",
                name in desk().settings.home.plugins,
            )  # fmt: skip
            if one.enabled:
                codes = [c for c, plugin in loaded.plugin_of.items() if plugin == name]
                said = say(("、", ", ")).join(loaded.schemes[c].names.say(lang) for c in codes)
                one = replace(one, schemes=said)
            found.append(one)
        return found
