"""`hpf schemes`: what is installed."""

from __future__ import annotations

import click

from hpf_cli.group import Option, command, language
from hpf_cli.speech import Words


@command(
    Words(
        "列出已安装的方案：代码、名称、依据的文件、周期，以及规则、条款和必填参数的数目。",
        "List the installed schemes: code, name, document, period, and how many rules, clauses "
        "and required parameters each has.",
    ),
    Option("--json", "as_json", is_flag=True, words=Words("以 JSON 输出", "Print JSON")),
)
def schemes(as_json: bool) -> None:
    """Builds each scheme, so that one that does not load is told here."""
    from hpf.core.kit.manager import load_plugins, load_programs
    from hpf.core.periods import kind_name
    from hpf_cli.finding import own_clauses

    lang = language()
    plugins = load_plugins()
    programs = load_programs(plugins)
    entries = [
        {
            "scheme": program.code,
            "names": {"zh": program.names.zh, "en": program.names.en},
            "document": program.document,
            "version": program.version,
            "period": program.period,
            "plugin": plugins.plugin_of[code],
            "rules": len(program.rules),
            "clauses": len(own_clauses(program)),
            "required_parameters": [n for n, p in program.parameters.items() if p.required],
        }
        for code, program in programs.items()
    ]
    if as_json:
        import json

        click.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    if not entries:
        words = Words("没有安装任何插件。", "No plugin is installed.")
        click.echo(words.say(lang))
        return
    from hpf_cli.console import console, table

    drawn = table()
    drawn.collapse_padding = True
    for zh, en, right in (
        ("代码", "Code", False),
        ("方案", "Scheme", False),
        ("文件·版本", "Document", False),
        ("周期", "Period", False),
        ("插件", "Plugin", False),
        ("规则", "Rules", True),
        ("条款", "Clauses", True),
        ("必填", "Required", True),
    ):
        drawn.add_column(
            Words(zh, en).say(lang), justify="right" if right else "left", no_wrap=zh == "代码"
        )
    for program, entry in zip(programs.values(), entries, strict=True):
        drawn.add_row(
            program.code,
            program.names.say(lang),
            f"{program.document} · {program.version}",
            kind_name(program.period).say(lang),
            str(entry["plugin"]),
            *(str(entry[k]) for k in ("rules", "clauses")),
            str(sum(p.required for p in program.parameters.values())),
        )
    console().print(drawn)
    words = Words(
        "下一步：hpf show 代码 看条款和规则；hpf template 代码 --period … --out … 生成工作簿。",
        "Next: hpf show CODE for its clauses and rules; hpf template CODE --period … --out … for a "
        "workbook.",
    )
    click.echo(words.say(lang))


command_schemes = schemes
