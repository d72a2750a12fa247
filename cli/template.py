"""`hpf template`: a workbook to fill in, made from the scheme's own declarations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.core.periods import Period
    from hpf.core.program import Program


@command(
    Words(
        "生成待填的工作簿：每个实体一张表，带单位、下拉选项、批注和填表说明。\n"
        "--out 写文件夹，则每个实体一个 CSV，只有两行标题：插件的样本这样写。",
        "Write a workbook to fill in: one sheet an entity, with units, drop-downs, notes and a "
        "sheet on how to fill it.\n"
        "With a folder as --out, a CSV file an entity with its two heading rows: so a plugin's "
        "sample is begun.",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--out",
        required=True,
        metavar="FILE.xlsx|DIR",
        words=Words("写到哪里", "Where to write it"),
    ),
    Option(
        "--force",
        is_flag=True,
        words=Words(
            "文件已存在时覆盖（其中已填的数据会丢失）",
            "Replace a file that is there (what was filled in is lost)",
        ),
    ),
)
def template(scheme: str, period: str, out: str, force: bool) -> None:
    """Refuses to replace a workbook that somebody may have filled in already."""
    from hpf_cli.finding import installed, period_of

    lang = language()
    path = Path(out)
    program = installed().find(scheme)
    when = period_of(period, program)
    if not path.suffix or out.endswith(("/", "\\")):
        _folder(program, when, path, force, lang)
        return
    if path.suffix.lower() != ".xlsx":
        raise problem(
            "suffix",
            "模板是 .xlsx 工作簿",
            "a template is an .xlsx workbook",
            (f"请写 --out {path.with_suffix('.xlsx')}", f"Write --out {path.with_suffix('.xlsx')}"),
            str(path),
        )
    if path.exists() and not force:
        raise problem(
            "exists",
            "文件已存在，里面可能有已填的数据",
            "the file is there already and may have been filled in",
            ("请另取文件名，或加 --force 覆盖", "Name another, or replace it with --force"),
            str(path),
        )
    from hpf.intake.template import write_template

    write_template(program, when, path, lang=lang)
    sheets = [program.entities[e].names.say(lang) for e in program.used_entities()]
    comma = "、" if lang == "zh" else ", "
    click.echo(
        Words(
            f"已写出 {path}：{comma.join(sheets)}各一张表，先看“填表说明”。",
            f"Wrote {path}: a sheet each for {comma.join(sheets)}; begin with 'How to fill in'.",
        ).say(lang)
    )
    click.echo(
        Words(
            f"填好后：hpf run {scheme} --period {when} --facts {path}",
            f"When it is filled in: hpf run {scheme} --period {when} --facts {path}",
        ).say(lang)
    )
    required = [n for n, p in program.parameters.items() if p.required]
    if required:
        names = comma.join(f"{program.parameters[n].names.say(lang)} ({n})" for n in required)
        click.echo(
            Words(
                f"还要在 --config 配置里给出由医院确定的参数：{names}",
                f"The hospital's own parameters go into a --config file as well: {names}",
            ).say(lang)
        )


def _folder(program: Program, when: Period, folder: Path, force: bool, lang: str) -> None:
    """Codes and names as the first two rows of a file each, and `meta.csv`, which says whose."""
    import csv
    import io

    from hpf.intake.headings import NAME_HEADING
    from hpf_cli.outputs import write_all

    taken = [f"{e}.csv" for e in program.used_entities() if (folder / f"{e}.csv").exists()]
    if taken and not force:
        raise problem(
            "exists",
            f"文件夹里已有 {'、'.join(taken)}",
            f"the folder has {', '.join(taken)} already",
            ("请另取文件夹，或加 --force 覆盖", "Name another, or replace them with --force"),
            str(folder),
        )
    files: dict[Path, str | bytes] = {}
    entities = list(program.used_entities())
    for entity in entities:
        links = [k for k in program.entities[entity].links if k.to in entities]
        columns = {
            "id": NAME_HEADING["id"], "name": NAME_HEADING["name"],
            **{k.name: k.names for k in links}, **{i.code: i.names for i in program.of(entity)},
        }  # fmt: skip
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerows([columns, [names.say(lang) for names in columns.values()]])
        files[folder / f"{entity}.csv"] = text.getvalue()
    files[folder / "meta.csv"] = f"scheme,{program.code}\nperiod,{when}\n"
    folder.mkdir(parents=True, exist_ok=True)
    write_all(dict(files))
    for path in files:
        click.echo(Words(f"已写出 {path}", f"Wrote {path}").say(lang))


command_template = template
