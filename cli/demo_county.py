"""`hpf demo county`: a made-up county's whole year, from the table to the letters.

The home is made in a folder beside its place and gets its name at the end, so that there is a whole
one or none.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import JustifyMethod

    from hpf_cli.demo_county_home import County
    from hpf_cli.demo_county_year import Year
    from hpf_cli.demo_story import Step

FOLDER = "county"
MARK = "SYNTHETIC-passwords.txt"
DRAW_FILE, SUMMARY, HEAT = "draw.json", "summary.xlsx", "heat.svg"


def run_part(part: str, out: Path, port: int | None, lang: str) -> None:
    """The part of the demo that was asked for, and its portal where there is a port for it."""
    from hpf.core.errors import did_you_mean
    from hpf.storage.home import Home
    from hpf_cli.demo_serve import HOST
    from hpf_cli.serve import check_port, serve_home

    if part != FOLDER:
        raise problem(
            "demo", f"没有演示“{part}”", f"there is no demo '{part}'", did_you_mean(part, [FOLDER])
        )
    if port is not None:
        check_port(HOST, port)
    place = demo_county(out, lang)
    if port is not None:
        serve_home(Home.open(place), HOST, port)


def demo_county(out: Path, lang: str) -> Path:
    """Make it anew in `out`/county, each step told as it is done; where it lies.

    Raises HpfError where a folder is in the way that the demo did not make.
    """
    import click

    from hpf_cli.demo_county_home import make_county
    from hpf_cli.demo_county_year import tell_year

    place = out / FOLDER
    if place.exists() and not (place / MARK).is_file():
        raise problem(
            "county_there",
            "这里已有一个不是演示生成的文件夹",
            "there is a folder here that the demo did not make",
            ("请用 --out 另指定文件夹", "Name another folder with --out"),
            str(place),
        )
    out.mkdir(parents=True, exist_ok=True)

    def tell(step: Step) -> None:
        colon = Words("：", ": ").say(lang)
        did = f"{step.did.say(lang)}{colon}{step.came.say(lang)}"
        click.echo(f"{step.day} {step.who.say(lang):8} {did}")

    words = Words(
        "示例县的一年（合成数据）：导入两年数据……",
        "A made-up county's year (synthetic): two years' data come in …",
    )
    click.echo(words.say(lang))
    with tempfile.TemporaryDirectory(prefix=".county-", dir=out) as scratch:
        county = make_county(Path(scratch) / FOLDER, lang)
        try:
            year = tell_year(county, tell)
            _papers(county, year, lang, tell)
        finally:
            county.engine.dispose()
        if place.exists():
            shutil.rmtree(place)
        county.home.folder.rename(place)
    _closing(year, place, lang)
    return place


def _papers(county: County, year: Year, lang: str, tell: Callable[[Step], None]) -> None:
    """The draw's record, the summary, the heat map, a letter each; then the report goes up."""
    from hpf.intake.atomic import write_text
    from hpf.workflow.assessments_summary import write_summary
    from hpf_cli.demo_county_year import report_and_tell
    from hpf_cli.draw import write_document

    folder = county.home.folder
    held = year.at.last("draw")
    assert held is not None
    write_document(folder / DRAW_FILE, held.detail["document"])
    digest = write_summary(folder / SUMMARY, year.results, year.at, lang)
    write_text(folder / HEAT, heat_map(year, lang))
    letters = print_letters(county, year, folder / "letters", lang)
    for step in report_and_tell(county, digest, letters):
        tell(step)


def heat_map(year: Year, lang: str) -> str:
    """Hospitals by topic, as a picture."""
    from hpf.portal.pages.county_charts import heat_of

    return heat_of(year.results, year.results.units, lang).svg


def print_letters(county: County, year: Year, folder: Path, lang: str) -> list[str]:
    """A letter to each hospital; their ids. Progress is shown."""
    from hpf.portal.pages.county_papers import issue_of
    from hpf.reports.batch import render
    from hpf.reports.issuing import KINDS
    from hpf.reports.page import style
    from hpf.storage.engine import reading
    from hpf_cli.progress import Bar

    with reading(county.engine) as session:
        issue = issue_of(session, county.home, county.hospital, year.at)
    issue = replace(issue, synthetic=True)
    cards = list(KINDS["letters"].make(issue, lang))
    about = {"kind": "letters", "scheme": year.at.row.scheme, "language": lang}
    with Bar(lang) as bar:
        render(cards, folder, seal=issue.run.seal["seal"], style=style(), total=len(cards),
               about=about, title=KINDS["letters"].names.say(lang), processes=1,
               progress=bar.show)  # fmt: skip
    return [card.row.partition(":")[2] for card in cards]


_HEADS: tuple[tuple[Words, JustifyMethod], ...] = (
    (Words("名次", "Place"), "left"),
    (Words("医院", "Hospital"), "left"),
    (Words("名称", "Name"), "left"),
    (Words("总绩效值", "Total"), "right"),
    (Words("等次", "Grade"), "left"),
    (Words("补助（元）", "Subsidy (CNY)"), "right"),
)


def _closing(year: Year, place: Path, lang: str) -> None:
    import click

    from hpf_cli.console import console, table
    from hpf_cli.figures import amount, money

    drawn = table()
    for words, justify in _HEADS:
        drawn.add_column(words.say(lang), justify=justify)
    for u in year.results.units:
        tied = Words("（并列）", " (tied)").say(lang) if u.tied else ""
        drawn.add_row(
            f"{u.place}{tied}", u.id, u.name, "—" if u.total is None else amount(u.total),
            u.grade, "—" if u.paid is None else money(u.paid),
        )  # fmt: skip
    click.echo("")
    console().print(drawn)
    words = Words(f"留在 {place}：", f"What is in {place}:")
    click.echo(words.say(lang))
    for name in (DRAW_FILE, SUMMARY, HEAT, "letters/", MARK):
        click.echo(f"  {name}")
    click.echo(Words("接下来可以试：", "Now try:").say(lang))
    for line in (
        f"hpf draw verify {place / DRAW_FILE}",
        f"hpf assess show county_public --period 2026 --home {place}",
        f"hpf serve --home {place}",
    ):
        click.echo(f"  {line}")
