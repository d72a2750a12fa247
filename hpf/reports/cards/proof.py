"""The strip at a card's foot: code and QR, the run's seal, the hospital's stamp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import segno

from hpf.core.errors import Text
from hpf.reports import figures as f
from hpf.reports.charts.chart import at, escaped
from hpf.reports.issue import Issue, Standing


@dataclass(frozen=True, slots=True)
class Proof:
    """code: in groups, '' for a preview or where there is no key; seal: '' for a preview.

    stamped: whether the image of the hospital's seal is there; pictures: qr, stamp.
    """

    code: str
    code_label: str
    code_note: str
    run_label: str
    run: str
    seal: str
    scheme: str
    stamp_label: str
    stamped: bool
    sealed: bool
    qr_title: str = ""
    pictures: Mapping[str, str | bytes] = field(default_factory=dict)


def proof(issue: Issue, entity: str, id: str, lang: str) -> Proof:
    """What proves a card of one row."""
    run = issue.run
    sealed = issue.standing is not Standing.PREVIEW
    code = issue.code(entity, id) if sealed and issue.code else ""
    pictures: dict[str, str | bytes] = {}
    title = ""
    if code:
        title = Text(f"核验码 {code} 的二维码", f"QR code of {code}").say(lang)
        pictures["qr"] = qr(code.replace("-", ""), title)
    if issue.brand.seal and sealed:
        pictures["stamp"] = issue.brand.seal
    number = "" if issue.number is None else Text(
        f" 第 {issue.number} 次运行", f", run {issue.number}"
    ).say(lang)  # fmt: skip
    comma = "，" if lang.startswith("zh") else ", "
    return Proof(
        code=code,
        code_label=Text("核验码", "Code").say(lang),
        code_note=Text(
            "扫码，或在“核验”页输入；只显示本单金额是否与封存结果一致",
            "Scan it, or enter it at the verification page: it confirms these figures, no more",
        ).say(lang),
        run_label=(Text("本次运行的封存码", "Seal of the run") if sealed
                   else Text("没有封存，不作依据", "Not sealed: proves nothing")).say(lang),
        run=f"{run.period}{number}{comma}{issue.standing.names.say(lang)}",
        seal=f.grouped(run.seal["seal"], most=5) if sealed else "",
        scheme=Text(f"方案 {run.program.names.zh}（{run.program.code} {run.program.version}）",
                    f"Scheme {run.program.names.en} ({run.program.code} {run.program.version})"
                    ).say(lang),
        stamp_label=(Text("医院印章", "The hospital's seal") if "stamp" in pictures
                     else Text("待盖章", "to be stamped")).say(lang),
        stamped="stamp" in pictures,
        sealed=sealed,
        qr_title=title,
        pictures=pictures,
    )  # fmt: skip


def seal_line(issue: Issue, lang: str) -> str:
    """The seal in one line, for cards without a code; a preview says that it is one."""
    run, said = issue.run, issue.standing.names.say(lang)
    if issue.standing is Standing.PREVIEW:
        return said
    seal = f.grouped(run.seal["seal"], most=5)
    number = "" if issue.number is None else Text(
        f"第 {issue.number} 次运行，", f"run {issue.number}, "
    ).say(lang)  # fmt: skip
    return Text(
        f"封存码 {seal}　{run.period} {number}{said}　"
        f"方案 {run.program.code} {run.program.version}",
        f"Seal {seal} · {run.period} {number}{said} · scheme {run.program.code} "
        f"{run.program.version}",
    ).say(lang)


def qr(text: str, title: str) -> str:
    """A QR code as one stroked path, level M, four modules of white around it."""
    code = segno.make(text, error="m", micro=False, boost_error=False, mask=2)
    rows = [bytes(row) for row in code.matrix]
    size = len(rows) + 8
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            if row[x]:
                start = x
                while x < len(row) and row[x]:
                    x += 1
                strokes.append(f"M{start + 4},{at(y + 4.5)}h{x - start}")
            else:
                x += 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" '
        f'height="{size}" role="img"><title>{escaped(title)}</title>'
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="{"".join(strokes)}" stroke="#000" stroke-width="1" fill="none"/></svg>'
    )
