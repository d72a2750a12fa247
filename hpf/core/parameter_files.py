"""Reading parameters.yaml: every mistake in it is found, none is guessed away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hpf.core.errors import (
    BadValue,
    Collector,
    ParameterError,
    Problem,
    Text,
    both_languages,
    told,
    unknown,
)
from hpf.core.parameters import KINDS, Dated, Parameter, day, parse_value
from hpf.core.units import unit

try:  # the same YAML, read six times as fast where PyYAML has libyaml
    from yaml import CSafeLoader as _Base
except ImportError:  # pragma: no cover
    from yaml import SafeLoader as _Base  # type: ignore[assignment]


class _Loader(_Base):
    """Refuses duplicate keys, which YAML would swallow; `<<` takes over another's entries.

    Only `true` and `false` are truth values, as in YAML 1.2: a name that is `Off` stays a word.
    """


_MERGE = "tag:yaml.org,2002:merge"
_TRUTH = "tag:yaml.org,2002:bool"


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == _MERGE:
            continue
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            line = key_node.start_mark.line + 1
            raise yaml.YAMLError(f"line {line}: '{key}' stands twice")
        seen.add(key)
    loader.flatten_mapping(node)  # what `<<` brings comes first, so that the mapping's own prevail
    return {
        loader.construct_object(key, deep=True): loader.construct_object(value, deep=True)
        for key, value in node.value
    }


def _date(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        line = node.start_mark.line + 1
        raise yaml.YAMLError(f"line {line}: '{node.value}' is no day of the calendar") from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != _TRUTH]
    for first, found in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_TRUTH, re.compile("(?i:true|false)$"), [*"tTfF"])
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> Any:
    """A YAML file with duplicate keys refused; ParameterError names file and line."""
    try:
        return yaml.load(path.read_text("utf-8"), _Loader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        said = " ".join(str(error).split())
        message = Text(f"读不了这个 YAML 文件：{said}", f"cannot read this YAML file: {said}")
        cure = Text(
            "请照行号改：缩进用空格，冒号后空一格，日期要有这一天",
            "Mend the line: indent by spaces, a space behind each colon, days that exist",
        )
        raise ParameterError([Problem("yaml.unreadable", message, cure, path.name)]) from None


def parse_parameters(data: Mapping[str, Any], place: str) -> dict[str, Parameter]:
    """Read one scheme's section.

    Raises ParameterError with every mistake in it.
    """
    found: dict[str, Parameter] = {}
    bad = Collector()
    for name, entry in (data or {}).items():
        try:
            found[name] = _parameter(name, entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            bad.add(Problem("parameter.bad", *told(error), place=place, name=name))
    bad.stop(ParameterError)
    return found


_FIELDS = {
    "name", "kind", "unit", "input_unit", "clause", "keyed_by", "choices", "values", "profiles",
    "note",
}  # fmt: skip


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    for extra in set(entry) - _FIELDS:
        raise unknown("这一项", "entry", extra, _FIELDS)
    kind = entry.get("kind", "number")
    if kind not in KINDS:
        raise unknown("种类", "kind", kind, KINDS)
    base = Parameter(
        name=name,
        kind=kind,
        names=_text(entry["name"]),
        clause=str(entry["clause"]),
        unit=unit(entry.get("unit", "ratio")),
        input_unit=unit(entry.get("input_unit", "ratio")),
        keys=_words(entry, "keyed_by"),
        choices=_words(entry, "choices"),
        note=_text(entry.get("note", "")),
        choice_names=_names(entry, "choices"),
        key_names=_names(entry, "keyed_by"),
    )
    if kind == "choice" and not base.choices:
        raise BadValue(
            "kind: choice 没有 choices", "a choice without its `choices`",
            "请写 choices: {one: {zh: 甲, en: One}, …}",
            "Write choices: {one: {zh: 甲, en: One}, …}",
        )  # fmt: skip
    values = entry["values"]
    dated: list[Dated] = []
    if values != "required":
        if not isinstance(values, list) or not all(isinstance(v, Mapping) for v in values):
            cure = '[{from: 2026-01-01, value: "0.45", reference: …}]'
            raise BadValue(
                "values 不是各日期起的值", "`values` does not list what holds from which day",
                f"例如 {cure}", f"E.g. {cure}",
            )  # fmt: skip
        dated = [_dated(base, v) for v in values]
        if not dated:
            raise BadValue(
                "没有取值", "has no values", "由医院确定的请写 values: required",
                "Write `values: required` if the hospital decides",
            )  # fmt: skip
    days = [d.since for d in dated]
    if len(set(days)) < len(days):
        raise BadValue(
            "同一天有两个取值", "has two values from the same day", "请改其中一个的 from",
            "Change one of the days",
        )  # fmt: skip
    profiles = {k: parse_value(base, v) for k, v in entry.get("profiles", {}).items()}
    return Parameter(
        **{f: getattr(base, f) for f in Parameter.__slots__ if f not in ("values", "profiles")},
        values=tuple(sorted(dated, key=lambda d: d.since)),
        profiles=profiles,
    )


def _dated(parameter: Parameter, entry: Mapping[str, Any]) -> Dated:
    since, value = day(entry["from"]), parse_value(parameter, entry["value"])
    said = entry["reference"]
    if not isinstance(said, Mapping):
        return Dated(since, value, str(said))
    both = _text(said)
    return Dated(since, value, both.zh, english=both.en)


def _names(entry: Mapping[str, Any], field: str) -> dict[str, Text]:
    """The names of choices or keys; none where they are a bare list."""
    words = entry.get(field)
    if not isinstance(words, Mapping):
        return {}
    names = {word: _name(field, word, said) for word, said in words.items()}
    for lang in (0, 1):
        once: dict[str, str] = {}
        for word, name in names.items():
            if once.setdefault(name[lang], word) != word:
                raise BadValue(
                    f"{field} 里 {once[name[lang]]} 和 {word} 都叫“{name[lang]}”",
                    f"'{once[name[lang]]}' and '{word}' in `{field}` are both '{name[lang]}'",
                    "请各起各的名称", "Give each a name of its own",
                )  # fmt: skip
    return names


def _name(field: str, word: str, said: Any) -> Text:
    given = isinstance(said, Mapping) and all(
        isinstance(said.get(lang), str) and said[lang].strip() for lang in ("zh", "en")
    )
    if not given:
        raise BadValue(
            f"{field} 里的 {word} 没有中英文名称",
            f"'{word}' in `{field}` lacks a name in zh or en",
            f"请写 {word}: {{zh: …, en: …}}", f"Write {word}: {{zh: …, en: …}}",
        )  # fmt: skip
    return both_languages(said)


def _words(entry: Mapping[str, Any], field: str) -> tuple[str, ...]:
    words = tuple(entry.get(field) or ())
    for word in words:
        if not isinstance(word, str):
            raise BadValue(
                f"{field} 里的 {word!r} 不是文字", f"{word!r} in `{field}` is no text",
                "请加引号，如 \"on\"", 'Quote it, as "on"',
            )  # fmt: skip
    return words


def _text(value: Any) -> Text:
    return Text(value, value) if isinstance(value, str) else both_languages(value)
