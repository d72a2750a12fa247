"""`hpf template`: a workbook to fill in, made from the scheme's own declarations."""

from __future__ import annotations

from pathlib import Path

import click

from hpf_cli.group import Option, command, language
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import problem


@command(
    Words(
        "生成待填的工作簿：每个实体一张表，带单位、下拉选项、批注和填表说明。",
        "Write a workbook to fill in: one sheet an entity, with units, drop-downs, notes and a "
        "sheet on how to fill it.",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--out", required=True, metavar="FILE.xlsx", words=Words("写到哪里", "Where to write it")
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


command_template = template
