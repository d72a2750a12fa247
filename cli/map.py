"""`hpf map`: saved mappings that turn another system's detail export into facts."""

from __future__ import annotations

from pathlib import Path

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, opened, who
from hpf_cli.speech import Words


@command(
    Words(
        "对照：把别的系统的明细导出（列名不同，要筛选、按人汇总、换成本院编号）变成数据。"
        "不带文件时列出已保存的；给出 YAML 文件则检查并保存为新的一版。",
        "Mappings: they turn another system's detail export (other headings, filters, sums by "
        "person, other codes) into facts. Without a file it lists those saved; a YAML file is "
        "checked and saved as a new version.",
    ),
    Argument(
        "file",
        metavar="[FILE.yaml]",
        required=False,
        words=Words("对照文件", "The file of a mapping"),
    ),
    Option(
        "--show",
        "name",
        metavar="NAME",
        words=Words("显示已保存的一个（YAML）", "Show a saved one, as YAML"),
    ),
    Option(
        "--version",
        type=int,
        metavar="N",
        words=Words("与 --show 合用：第几版（默认最新）", "With --show: which version (the last)"),
    ),
    BY,
    HOME,
    closing=Words(
        "用它导入：hpf import 方案 导出.xlsx --period 2026-09 --map 名称",
        "To import with it: hpf import SCHEME export.xlsx --period 2026-09 --map NAME",
    ),
)
def map_(
    file: str | None, name: str | None, version: int | None, by: str | None, home: str | None
) -> None:
    """A mapping that does not fit its scheme is not saved."""
    from hpf.storage.engine import reading, writing
    from hpf.storage.mappings import mapping_of, mappings, save_mapping

    lang = language()
    with opened(home) as at:
        if file is not None:
            from hpf.core.parameter_files import read_yaml
            from hpf.intake.mapping import as_data, parse_mapping

            path = Path(file)
            mapping = parse_mapping(read_yaml(path), at.programs, path.name)
            with writing(at.engine) as session:
                saved = save_mapping(
                    session,
                    at.hospital(session),
                    mapping.name,
                    mapping.scheme,
                    as_data(mapping),
                    by=who(by),
                )
                session.commit()
            words = Words("与已保存的相同。", "It is saved already.")
            if saved is not None:
                words = Words(
                    f"已保存对照 {mapping.name} 第 {saved.version} 版。",
                    f"Saved mapping {mapping.name}, version {saved.version}.",
                )
            click.echo(words.say(lang))
            return
        with reading(at.engine) as session:
            hospital = at.hospital(session)
            if name is not None:
                _show(mapping_of(session, hospital, name, version).mapping)
                return
            found = mappings(session, hospital)
    if not found:
        click.echo(Words("还没有保存任何对照。", "No mapping is saved yet.").say(lang))
        return
    from hpf_cli.console import console, table

    drawn = table()
    heads = (("名称", "Name"), ("版本", "Version"), ("方案", "Scheme"), ("指标", "Facts"),
             ("保存者", "By"), ("时间", "When"))  # fmt: skip
    for zh, en in heads:
        drawn.add_column(Words(zh, en).say(lang))
    for one in found:
        facts = f"{one.mapping['entity']}: {', '.join(one.mapping['facts'])}"
        when = f"{one.at.astimezone():%Y-%m-%d %H:%M}"
        drawn.add_row(one.name, str(one.version), one.scheme, facts, one.by, when)
    console().print(drawn)


def _show(mapping: object) -> None:
    import yaml

    click.echo(yaml.safe_dump(mapping, allow_unicode=True, sort_keys=False), nl=False)


command_map = map_
