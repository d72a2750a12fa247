"""`hpf verify-slip`: whether a code on a slip is genuine, and the figures that slip bears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.speech import Words
from hpf_cli.stops import NOT_CLEAN, problem

if TYPE_CHECKING:
    from hpf.reports.codes import Confirmed


@command(
    Words(
        "核验绩效单：输入单上的核验码，显示该单的金额，与纸上的对照；不显示是谁的。\n"
        "例：hpf verify-slip K7Q4-9XMD-2HVT",
        "Confirm a slip: its code gives the figures that it must bear, to be compared with the "
        "paper; and nobody's name.\n"
        "E.g. hpf verify-slip K7Q4-9XMD-2HVT",
    ),
    Argument("code", metavar="CODE", words=Words("核验码", "The code")),
    HOME,
    Option("--json", "as_json", is_flag=True, words=Words("以 JSON 输出", "Print JSON")),
)
def verify_slip(code: str, home: str | None, as_json: bool) -> None:
    """Exit code 1 where this hospital printed no such slip."""
    import json

    from hpf.reports.codes import confirm, slip_key
    from hpf.storage.engine import reading

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        hospital = at.hospital(session)
        try:
            found = confirm(session, hospital, slip_key(at.home.keys), code)
        except ValueError:
            raise problem(
                "code",
                f"“{code}”不是核验码",
                f"'{code}' is no code",
                ("请照单上的 12 位字母和数字输入", "Enter the twelve signs as they are printed"),
                code,
            ) from None
    if found is None:
        click.echo(
            Words("没有这样的绩效单：码不对，或不是本院打印的。",
                  "There is no such slip: the code is wrong, or it was not printed here.").say(lang)
        )  # fmt: skip
        raise SystemExit(NOT_CLEAN)
    if as_json:
        click.echo(json.dumps(_document(found), ensure_ascii=False, indent=1))
        return
    _show(found, lang)


def _show(found: Confirmed, lang: str) -> None:
    from hpf_cli.console import console, table
    from hpf_cli.figures import money

    screen = console()
    title = Words(
        f"真实：{found.scheme.zh} {found.period.say('zh')}，第 {found.run} 次运行",
        f"Genuine: {found.scheme.en}, {found.period}, run {found.run}",
    )
    drawn = table(title.say(lang))
    drawn.add_column(Words("项目", "Item").say(lang))
    drawn.add_column(Words("金额（元）", "CNY").say(lang), justify="right", no_wrap=True)
    for names, amount in found.lines:
        drawn.add_row(names.say(lang), money(amount))
    drawn.add_row(Words("实发合计", "Paid").say(lang), money(found.total), style="bold")
    screen.print(drawn)
    if found.later:
        words = Words(
            "此后同一周期还有新的计算：差额另行补发，或单位已解除暂缓。",
            "A later run of the same period stands beside it: a difference, or a release.",
        )
        screen.print(words.say(lang), style="dim")


def _document(found: Confirmed) -> dict[str, object]:
    from hpf.core.results import plain

    return {
        "period": str(found.period),
        "scheme": {"zh": found.scheme.zh, "en": found.scheme.en},
        "run": found.run,
        "seal": found.seal,
        "total": plain(found.total),
        "lines": [{"zh": n.zh, "en": n.en, "amount": plain(a)} for n, a in found.lines],
        "later": found.later,
    }


command_verify_slip = verify_slip
