"""The handbook as one HTML page (formulas in MathML, no network) or as Markdown.

    html = as_html(program, day, "zh", beside=programs.beside(program.code))

It says what the PDF says, out of the same model.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment
from markupsafe import Markup

from hpf.core.errors import Text
from hpf.core.formula.words import words
from hpf.core.program import Program, Rule
from hpf.core.settings import Settings
from hpf.reports.brand import Brand
from hpf.reports.cards.handbook import WORDS, Handbook, handbook_model
from hpf.reports.cards.mathml import mathml
from hpf.reports.cards.rates import Reading
from hpf.reports.templating import environment

_WORDS = WORDS | {
    "switches": Text("全部开关", "All switches"),
    "question": Text("问题", "Question"),
    "clause": Text("条款", "Clause"),
    "arithmetic": Text("算式", "Arithmetic"),
}  # fmt: skip
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")


def as_html(
    program: Program, day: dt.date, lang: str = "zh", *, beside: Sequence[Program] = (),
    settings: Settings | None = None,
) -> str:  # fmt: skip
    """One page that stands alone. Raises SchemeError for a broken examples file."""
    return _drawn("show.html.j2", program, day, lang, beside, settings)


def as_markdown(
    program: Program, day: dt.date, lang: str = "zh", *, beside: Sequence[Program] = (),
    settings: Settings | None = None,
) -> str:  # fmt: skip
    """Markdown with the formulas in words, and as MathML where the reader draws it."""
    text = _drawn("show.md.j2", program, day, lang, beside, settings)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _drawn(
    template: str, program: Program, day: dt.date, lang: str, beside: Sequence[Program],
    settings: Settings | None,
) -> str:  # fmt: skip
    model = handbook_model(program, Brand(""), day, lang, settings=settings, beside=beside)

    def reading(rule: Rule) -> str:
        return words(program, rule, lang)

    def math(rule: Rule) -> Markup:
        return mathml(program, rule, lang)

    return _room().get_template(template).render(
        m=model, w={name: text.say(lang) for name, text in _WORDS.items()}, lang=lang,
        lang_tag="zh-CN" if lang.startswith("zh") else "en", css=Markup(_style()),
        switches=list(_switches(model)), reading=reading, math=math,
    )  # fmt: skip


def _switches(model: Handbook) -> Iterator[tuple[str, str, Reading]]:
    """Every switch once, with the clause at which it stands."""
    for provision in model.provisions:
        for one in provision.readings:
            yield provision.id, provision.anchor, one


def _markdown(value: object) -> Markup:
    """Text that Markdown shows as it is, on one line."""
    plain = " ".join(str(value).split())
    return Markup(_SPECIAL.sub(r"\\\1", plain).replace("&", "&amp;"))


@cache
def _room() -> Environment:
    room = environment()
    room.filters["md"] = _markdown
    return room


@cache
def _style() -> str:
    return files("hpf.reports").joinpath("templates/show.css").read_text("utf-8")
