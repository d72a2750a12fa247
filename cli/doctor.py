"""`hpf doctor`: everything a hospital's HPF needs, looked at; and what to do where it fails."""

from __future__ import annotations

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME, home_of
from hpf_cli.speech import Words
from hpf_cli.stops import DO_NOT_HOLD

_SIGNS = {"good": ("✓", "green"), "notice": ("!", "yellow"), "problem": ("✗", "red")}


@command(
    Words(
        "检查一切是否就绪：设置、插件、数据库、密钥、参数、日历、磁盘，并说明该怎么办。",
        "Check that everything is in order: settings, plugins, database, keys, parameters, "
        "calendar, disk; and say what to do.",
    ),
    Option("--json", "as_json", is_flag=True, words=Words("以 JSON 输出", "Print JSON")),
    HOME,
)
def doctor(as_json: bool, home: str | None) -> None:
    """Exit code 2 where anything is wrong; notices alone are no reason."""
    from hpf.workflow.examination import examine

    lang = language()
    found = examine(home_of(home))
    if as_json:
        import json

        lines = [
            {
                "check": one.code,
                "state": one.state,
                "said": {"zh": one.said.zh, "en": one.said.en},
                "problems": [p.as_json() for p in one.problems],
            }
            for one in found
        ]
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for one in found:
            sign, colour = _SIGNS[one.state]
            click.echo(click.style(sign, fg=colour) + " " + one.said.say(lang))
            for problem in one.problems:
                click.echo(f"    {problem.place + '  ' if problem.place else ''}"
                           f"{problem.message.say(lang)}")  # fmt: skip
                if problem.cure.say(lang):
                    click.echo(f"    → {problem.cure.say(lang)}")
        bad = sum(one.state == "problem" for one in found)
        words = Words("一切就绪。", "All is in order.")
        if bad:
            words = Words(f"有 {bad} 项要处理。", f"{bad} to be seen to.")
        click.echo(words.say(lang))
    if any(one.state == "problem" for one in found):
        raise SystemExit(DO_NOT_HOLD)


command_doctor = doctor
