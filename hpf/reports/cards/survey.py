"""A survey on paper: a poster with the link's code, and slips of which each is good for one answer.

pdf(slips(form, "某医院", entries, until="2026-10-20", lang="zh"))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hpf.core import Questionnaire, Text
from hpf.reports.cards.proof import qr
from hpf.reports.page import paper
from hpf.reports.press import Paper

ACROSS = 2  # slips side by side on a page


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in. code: as it is typed, '' for a link; address: what the QR code says."""

    address: str
    code: str = ""


_WORDS = {
    "scan": Text("用手机扫码作答，不用登录", "Scan it with a phone; no log-in"),
    "or": Text("或打开网址", "Or open"),
    "code": Text("答卷码", "Code"),
    "once": Text("只能用一次。不记姓名，没有人知道是谁答的。",
                 "Good for one answer. No name is kept; nobody knows whose it is."),
    "poster": Text("不记姓名，没有人知道是谁答的。约需一分钟。",
                   "No name is kept; nobody knows whose answer it is. It takes a minute."),
    "until": Text("截止", "Until"),
    "cut": Text("沿线裁开，打乱次序后发放；不要登记谁拿了哪一张。",
                "Cut, shuffle, then hand out; do not write down who got which."),
}  # fmt: skip


def poster(
    form: Questionnaire, hospital: str, group: str, entry: Entry, until: str, lang: str = "zh"
) -> Paper:
    """One page with one large code. group: whom it is for, in words."""
    title = form.names.say(lang)
    return paper(
        "survey_poster.html.j2", lang, title=title, running="", hospital=hospital,
        group=group, entry=entry, until=until, w=_said(lang), intro=form.intro.say(lang),
        pictures={"qr": qr(entry.address, entry.address)},
    )  # fmt: skip


def slips(
    form: Questionnaire,
    hospital: str,
    group: str,
    entries: Sequence[Entry],
    until: str,
    lang: str = "zh",
) -> Paper:
    """Sheets of slips, to be cut. group: whom they are for, in words."""
    numbered = [(f"qr{n}", e) for n, e in enumerate(entries)]
    rows = [numbered[i : i + ACROSS] for i in range(0, len(numbered), ACROSS)]
    return paper(
        "survey_slips.html.j2", lang, title=form.names.say(lang), running=form.names.say(lang),
        hospital=hospital, group=group, rows=rows, until=until, w=_said(lang), across=ACROSS,
        pictures={name: qr(e.address, e.code) for name, e in numbered},
    )  # fmt: skip


def _said(lang: str) -> dict[str, str]:
    return {name: text.say(lang) for name, text in _WORDS.items()}
