"""The plugin manager: finds plugins through entry points and gathers what they declare.

    plugins = load_plugins()
    programs = load_programs(plugins)
    programs["cardiology"]          # built now, the others are not

There is no global manager: each call of `load_plugins` builds its own, so tests can have one with
exactly the plugins they want. Everything wrong with installed plugins is told at once.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy

from hpf.core.entities import CORE_ENTITIES, Entity
from hpf.core.errors import Collector, Problem, SchemeError, Text, did_you_mean
from hpf.core.items import BUILT_IN_METHODS
from hpf.core.kit import hookspecs
from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.kit.declarations import check_declarations
from hpf.core.kit.hookspecs import Form, ItemMethod, Page, PayoutWriter, ReportSection
from hpf.core.kit.ledgering import Dialogue, Ledger, StrategyMap
from hpf.core.kit.panelling import Panel
from hpf.core.kit.programs import Programs
from hpf.core.kit.questioning import Questionnaire
from hpf.core.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Plugins:
    """What the installed plugins declare; schemes by code, the others in order of plugin."""

    manager: pluggy.PluginManager
    schemes: Mapping[str, Scheme]
    plugin_of: Mapping[str, str]
    entities: Mapping[str, Entity]
    item_methods: Mapping[str, ItemMethod]
    report_sections: tuple[ReportSection, ...]
    payout_writers: tuple[PayoutWriter, ...]
    forms: tuple[Form, ...]
    pages: tuple[Page, ...]
    assessments: tuple[OutsideAssessment, ...] = ()
    questionnaires: tuple[Questionnaire, ...] = ()
    panels: tuple[Panel, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    dialogues: tuple[Dialogue, ...] = ()
    maps: tuple[StrategyMap, ...] = ()


def load_plugins(
    extra: Mapping[str, Any] | None = None,
    installed: bool = True,
    only: Collection[str] | None = None,
) -> Plugins:
    """Find, import and register plugins, and gather their declarations.

    extra: plugins given as objects or modules, by name; installed: also those of entry points.
    only: names of the installed plugins that count; the others are not even imported.
    Raises SchemeError with every mistake: a plugin that does not import, a hook that does not
    exist, a code that stands twice.
    """
    bad = Collector()
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs.Hooks)
    found = _installed(bad, only) if installed else {}
    for name, plugin in {**found, **(extra or {})}.items():
        _register(manager, name, plugin, bad)
    bad.stop(SchemeError)
    manager.check_pending()
    entities = _entities(manager, bad)
    methods = _by_code(
        manager, "hpf_item_methods", bad, {m.code: ("hpf", m) for m in BUILT_IN_METHODS}
    )
    offered = {code: method for code, (_, method) in methods.items()}
    schemes = _by_code(
        manager, "hpf_schemes", bad, {}, {"entities": entities, "item_methods": offered}
    )
    more = {
        hook: [d for _, d in _by_code(manager, hook, bad, {}).values()]
        for hook in (
            "hpf_report_sections",
            "hpf_payout_writers",
            "hpf_forms",
            "hpf_pages",
            "hpf_assessments",
            "hpf_questionnaires",
            "hpf_panels",
            "hpf_ledgers",
            "hpf_dialogues",
            "hpf_maps",
        )
    }
    check_declarations(more, {code: s for code, (_, s) in schemes.items()}, bad)
    bad.stop(SchemeError)
    return Plugins(
        manager,
        {code: scheme for code, (_, scheme) in sorted(schemes.items())},
        {code: plugin for code, (plugin, _) in sorted(schemes.items())},
        entities,
        offered,
        tuple(more["hpf_report_sections"]),
        tuple(more["hpf_payout_writers"]),
        tuple(more["hpf_forms"]),
        tuple(more["hpf_pages"]),
        tuple(more["hpf_assessments"]),
        tuple(more["hpf_questionnaires"]),
        tuple(more["hpf_panels"]),
        tuple(more["hpf_ledgers"]),
        tuple(more["hpf_dialogues"]),
        tuple(more["hpf_maps"]),
    )


def installed_names() -> list[str]:
    """The names of all installed plugins, in order; none is imported."""
    return sorted({point.name for point in entry_points(group=hookspecs.PROJECT)})


def _installed(bad: Collector, only: Collection[str] | None) -> dict[str, Any]:
    names = installed_names()
    for name in only or ():
        if name not in names:
            message = Text(f"没有安装插件 {name}", f"plugin '{name}' is not installed")
            cure = did_you_mean(name, names)
            bad.add(Problem("plugin.not_installed", message, cure, name=name))
    # an editable install can list one entry point twice: the same name and value count once
    points: dict[str, EntryPoint] = {}
    for point in entry_points(group=hookspecs.PROJECT):
        if only is not None and point.name not in only:
            continue
        known = points.setdefault(point.name, point)
        if known.value != point.value:
            message = Text(
                f"两个插件都叫 {point.name}:{known.value} 与 {point.value}",
                f"two plugins are called '{point.name}': {known.value} and {point.value}",
            )
            cure = Text("请卸载其中一个，或改入口点名", "Uninstall one, or rename its entry point")
            bad.add(Problem("plugin.twice", message, cure, name=point.name))
    plugins: dict[str, Any] = {}
    for name, point in sorted(points.items()):
        try:
            plugins[name] = point.load()
        except Exception as error:  # whatever an outside package raises is told, not spread
            bad.add(plugin_broken(name, point.value, error))
    return plugins


def plugin_broken(name: str, value: str, error: Exception) -> Problem:
    """What a plugin raised while it was imported or asked, with the place where it did."""
    if isinstance(error, SchemeError):
        reason = Text(
            ";".join(p.line("zh") for p in error.problems),
            "; ".join(p.line("en") for p in error.problems),
        )
    else:
        said = f"{type(error).__name__}: {error}"
        reason = Text(said, said)
    steps = traceback.extract_tb(error.__traceback__)
    place = f"{Path(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""
    return Problem(
        "plugin.broken",
        Text(
            f"插件 {name}({value})不能载入：{reason.zh}",
            f"plugin '{name}' ({value}) does not load: {reason.en}",
        ),
        Text(
            "请修正该插件，或卸载提供它的软件包",
            "Mend the plugin, or uninstall the package that provides it",
        ),
        place,
        name=name,
    )


def _register(manager: pluggy.PluginManager, name: str, plugin: Any, bad: Collector) -> None:
    known = hookspecs.hook_names()
    sound = True
    for attribute, function in _functions(plugin):
        marked = hasattr(function, f"{hookspecs.PROJECT}_impl")
        spells_like = attribute.startswith(f"{hookspecs.PROJECT}_")
        place = _place(function)
        if (marked or spells_like) and attribute not in known:
            sound = False
            message = Text(
                f"插件 {name} 实现了不存在的钩子 {attribute}",
                f"plugin '{name}' implements hook '{attribute}', which does not exist",
            )
            near = did_you_mean(attribute, known)
            bad.add(Problem("plugin.unknown_hook", message, near, place, name=name))
        elif spells_like and not marked:
            sound = False
            message = Text(
                f"插件 {name} 的 {attribute} 没有标 @hookimpl，不会被调用",
                f"'{attribute}' of plugin '{name}' lacks @hookimpl and would never be called",
            )
            cure = Text("请加 @hpf.core.hookimpl", "Decorate it with @hpf.core.hookimpl")
            bad.add(Problem("plugin.unmarked_hook", message, cure, place, name=name))
        elif marked:
            sound = _check_arguments(name, attribute, function, place, bad) and sound
    if sound:
        manager.register(plugin, name)


def _functions(plugin: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for attribute in dir(plugin):
        function = inspect.getattr_static(plugin, attribute)
        if isinstance(function, staticmethod | classmethod) or inspect.isroutine(function):
            yield attribute, getattr(plugin, attribute)


def _check_arguments(
    name: str, hook: str, function: Callable[..., Any], place: str, bad: Collector
) -> bool:
    offered = [
        p for p in inspect.signature(getattr(hookspecs.Hooks, hook)).parameters if p != "self"
    ]
    wrong = [p for p in inspect.signature(function).parameters if p not in offered]
    for word in wrong:
        message = Text(
            f"插件 {name} 的 {hook} 没有参数 {word}",
            f"'{hook}' of plugin '{name}' is never given an argument '{word}'",
        )
        cure = did_you_mean(word, offered) if offered else Text("它没有参数", "It takes none")
        bad.add(Problem("plugin.argument", message, cure, place, name=name))
    return not wrong


def _place(function: Callable[..., Any]) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}" if code else ""


def _call(
    manager: pluggy.PluginManager, hook: str, bad: Collector, arguments: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Each declaration with its plugin's name; a plugin that fails spoils only itself."""
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        name = implementation.plugin_name
        given = {k: arguments[k] for k in implementation.argnames}
        try:
            for declaration in implementation.function(**given) or ():
                yield name, declaration
        except Exception as error:  # whatever an outside package raises is told, not spread
            bad.add(plugin_broken(name, hook, error))


def _by_code(
    manager: pluggy.PluginManager,
    hook: str,
    bad: Collector,
    known: Mapping[str, tuple[str, Any]],
    arguments: Mapping[str, Any] | None = None,
) -> dict[str, tuple[str, Any]]:
    found = dict(known)
    for plugin, declaration in _call(manager, hook, bad, arguments or {}):
        code = getattr(declaration, "code", None)
        if code is None:
            bad.add(_no_declaration(plugin, hook, declaration))
        elif code in found:
            message = Text(
                f"{hook}：代码 {code} 在插件 {found[code][0]} 与 {plugin} 中重复",
                f"{hook}: code '{code}' is declared by plugin '{found[code][0]}' and by '{plugin}'",
            )
            cure = Text("请改其中一个的代码，或卸载一个插件", "Rename one, or uninstall one plugin")
            bad.add(Problem("plugin.twice", message, cure, name=plugin))
        else:
            found[code] = (plugin, declaration)
    return found


def _no_declaration(plugin: str, hook: str, given: object) -> Problem:
    message = Text(
        f"插件 {plugin} 的 {hook} 返回了 {given!r}，不是声明",
        f"'{hook}' of plugin '{plugin}' returned {given!r}, which is no declaration",
    )
    cure = Text("见 docs/hooks.md", "See docs/hooks.md")
    return Problem("plugin.declaration", message, cure, name=plugin)


def _entities(manager: pluggy.PluginManager, bad: Collector) -> dict[str, Entity]:
    found = {e.code: e for e in CORE_ENTITIES}
    for plugin, entity in _call(manager, "hpf_entities", bad, {}):
        if not isinstance(entity, Entity):
            bad.add(_no_declaration(plugin, "hpf_entities", entity))
        elif found.setdefault(entity.code, entity) != entity:
            message = Text(
                f"插件 {plugin} 声明的实体 {entity.code} 与已有的不同",
                f"plugin '{plugin}' declares entity '{entity.code}' unlike the one that is there",
            )
            cure = Text("请改代码，或声明得完全相同", "Rename it, or declare it exactly alike")
            bad.add(Problem("plugin.twice", message, cure, name=plugin))
    return found


def load_programs(plugins: Plugins) -> Programs:
    """The schemes of the plugins as programs, built lazily, one by one."""
    return Programs(plugins.schemes, plugins.questionnaires)
