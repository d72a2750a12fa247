"""The scheme handbook: every clause with its formulas, parameters, inputs and worked figures.

It is generated from the program that computes, so that it cannot say anything else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hpf.core.errors import Text
from hpf.core.periods import kind_name
from hpf.core.program import Program
from hpf.core.settings import Settings
from hpf.reports import figures as f
from hpf.reports.brand import Brand
from hpf.reports.cards.clauses import Book, Provision, provision
from hpf.reports.cards.worked import Workshop
from hpf.reports.page import paper
from hpf.reports.press import Paper

_GROUPS = 5  # of the formulas' digest that are printed at the foot


@dataclass(frozen=True, slots=True)
class Handbook:
    """Everything a handbook says, worded."""

    title: str
    hospital: str
    scheme: str
    about: str
    keys: tuple[tuple[str, str], ...]
    intro: str
    provisions: tuple[Provision, ...]
    foot: str


def handbook(
    program: Program,
    brand: Brand,
    day: dt.date,
    lang: str = "zh",
    *,
    settings: Settings | None = None,
    beside: Sequence[Program] = (),
) -> Paper:
    """The handbook of a scheme as it stands on a day.

    settings: the hospital's own values; beside: the programs of the scheme's folder, whose examples
    are read (none: no examples). Raises SchemeError for a broken examples file.
    """
    model = handbook_model(program, brand, day, lang, settings=settings, beside=beside)
    words = {name: text.say(lang) for name, text in WORDS.items()}
    running = f"{model.hospital} · {words['handbook']} · {model.scheme}"
    return paper(
        "handbook.html.j2", lang, title=model.title, running=running, foot=model.foot, m=model,
        w=words,
    )  # fmt: skip


def handbook_model(
    program: Program,
    brand: Brand,
    day: dt.date,
    lang: str = "zh",
    *,
    settings: Settings | None = None,
    beside: Sequence[Program] = (),
) -> Handbook:
    """What the handbook says."""
    workshop = Workshop.of_plugin(program, beside) if beside else Workshop()
    held = settings or Settings()
    book = Book(program, held, day, lang, workshop)
    scheme = program.names.say(lang)
    handbook_word = WORDS["handbook"].say(lang)
    provisions = tuple(provision(book, clause) for clause in book.clauses)
    return Handbook(
        title=f"{scheme} {handbook_word}",
        hospital=brand.name,
        scheme=scheme,
        about=f.day(day, lang).partition("（")[0] if lang.startswith("zh") else f.day(day, lang),
        keys=tuple(
            (k.say(lang), v)
            for k, v in (
                (Text("方案", "Scheme"), f"{program.code} {program.version}"),
                (Text("文件", "Document"), program.document),
                (Text("周期", "Period"), kind_name(program.period).say(lang)),
                (Text("公式摘要", "Formulas"), f.grouped(program.formula_digest()[:12])),
            )
        ),
        intro=_intro(program, book, provisions, held, lang),
        provisions=provisions,
        foot=_foot(program, brand, lang),
    )


def _intro(
    program: Program, book: Book, provisions: Sequence[Provision], settings: Settings, lang: str
) -> str:
    """How much there is, and what the hospital has still to decide."""
    own = sum(1 for n in settings.overrides if n in program.parameters)
    unset = [p for n, p in program.parameters.items() if p.required and n not in settings.overrides]
    formulas = sum(len(p.formulas) for p in provisions)
    said = Text(
        f"{len(book.clauses)} 条条款，{formulas} 个公式，{len(program.parameters)} 个参数，"
        f"其中 {own} 个由本院另行设定。",
        f"{len(book.clauses)} clauses, {formulas} formulas, {len(program.parameters)} parameters, "
        f"{own} of them set by the hospital.",
    ).say(lang)
    if unset:
        said += Text(
            f"还有 {len(unset)} 个参数等医院确定，设定之前不能计算。",
            f" {len(unset)} more are for the hospital to decide; nothing is computed before.",
        ).say(lang)
    return said


def _foot(program: Program, brand: Brand, lang: str) -> str:
    digest = f.grouped(program.formula_digest(), most=_GROUPS)
    said = Text(f"由计算程序自动生成，公式摘要 {digest}", f"Generated from the formulas, {digest}")
    return " · ".join(x for x in (said.say(lang), brand.footer) if x)


WORDS = {
    "handbook": Text("方案手册", "Handbook"),
    "contents": Text("目录", "Contents"),
    "formula": Text("公式", "Formula"),
    "reading": Text("读作：", "In words: "),
    "elsewhere": Text("另见", "See also"),
    "at": Text("公式见", "formula at"),
    "rates": Text("参数", "Parameters"),
    "name": Text("名称", "Name"),
    "value": Text("值", "Value"),
    "since": Text("自", "From"),
    "until": Text("至", "Until"),
    "basis": Text("依据", "Basis"),
    "see": Text("见", "see"),
    "inputs": Text("用到的数据", "Inputs"),
    "of": Text("哪张表", "Of"),
    "unit": Text("单位", "Unit"),
    "reporter": Text("谁报", "Reported by"),
    "due": Text("何时", "Due"),
    "blank": Text("空白表示", "A blank means"),
    "worked": Text("算一遍", "Worked out"),
    "readings": Text("读法", "Reading"),
    "others": Text("其他读法", "else"),
    "cover": Text("办理", "Carried out"),
}  # fmt: skip
