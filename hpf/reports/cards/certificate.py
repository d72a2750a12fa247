"""The certificate of a sealed run: its seal in full, what it covers, and how to check it. One page.

Whoever holds it can tell later, against the database or a backup, whether anything was altered.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hpf.core.errors import Text
from hpf.reports import figures as f
from hpf.reports.cards.moved import total
from hpf.reports.cards.proof import qr
from hpf.reports.cards.slip import foot
from hpf.reports.issue import Issue, Standing
from hpf.reports.page import paper
from hpf.reports.press import Paper

_SOURCES = 4  # imports that are named; earlier ones are counted
_ROW = 32  # hexadecimal digits on a line of the seal


@dataclass(frozen=True, slots=True)
class Source:
    """An import that the run saw. digest: SHA-256 of the file, '' where there was none."""

    number: int
    file: str
    digest: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class AuditMark:
    """A signed head of the audit chain. key: the public key, in hexadecimal."""

    seq: int
    hash: str
    at: dt.datetime
    key: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """What storage knows of a sealed run. run: its number; at: when, local time; sources: earliest
    first; program: SHA-256 of the stored rules."""

    run: int
    by: str
    at: dt.datetime
    program: str
    sources: Sequence[Source] = ()
    head: AuditMark | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything the certificate says, worded. parts: name, digest, what it covers."""

    title: str
    hospital: str
    period: str
    keys: tuple[tuple[str, str], ...]
    statement: str
    seal: tuple[str, ...]
    seal_title: str
    algorithm: str
    parts: tuple[tuple[str, str, str], ...]
    sources: tuple[tuple[str, str, str, str], ...]
    sources_about: str
    checks: tuple[tuple[str, str, str], ...]
    head: str
    signatories: tuple[str, ...]
    stamp: str
    stamped: bool
    foot: str


def certificate(issue: Issue, sealing: Sealing, lang: str = "zh") -> Paper:
    """The certificate as a page. Raises ValueError for a preview, which is not sealed."""
    model = certificate_model(issue, sealing, lang)
    words = {name: text.say(lang) for name, text in _WORDS.items()}
    seal = issue.run.seal["seal"]
    pictures: dict[str, str | bytes] = {"qr": qr(seal.upper(), model.seal_title)}
    if issue.brand.seal:
        pictures["stamp"] = issue.brand.seal
    return paper(
        "certificate.html.j2", lang, title=model.title,
        running=f"{model.hospital} · {words['certificate']} · {model.period}", foot=model.foot,
        pictures=pictures, m=model, w=words,
    )  # fmt: skip


def certificate_model(issue: Issue, sealing: Sealing, lang: str = "zh") -> Certificate:
    """What the certificate says. Raises ValueError for a preview."""
    if issue.standing is Standing.PREVIEW:
        raise ValueError("a preview has no seal to certify")
    run, seal = issue.run, issue.run.seal["seal"]
    period = f.period(run.period, lang)
    word = _WORDS["certificate"].say(lang)
    return Certificate(
        title=f"{word} {period} {issue.brand.name}",
        hospital=issue.brand.name,
        period=period,
        keys=tuple(_keys(issue, sealing, lang)),
        statement=_statement(issue, sealing, lang),
        seal=tuple(f.grouped(seal[n : n + _ROW]) for n in range(0, len(seal), _ROW)),
        seal_title=Text("封存码的二维码，供核对", "QR code of the seal, to compare").say(lang),
        algorithm=run.seal["algorithm"],
        parts=tuple(_parts(issue, sealing, lang)),
        sources=tuple(
            (str(s.number), s.file, f.grouped(s.digest[:16]) if s.digest else f.NOT_APPLICABLE,
             f"{s.by} {s.at:%Y-%m-%d %H:%M}")
            for s in sealing.sources[-_SOURCES:]
        ),
        sources_about=_sources_about(sealing, lang),
        checks=tuple(_checks(sealing, lang)),
        head=_head(sealing, lang),
        signatories=issue.brand.signatories,
        stamp=(Text("医院印章", "The hospital's seal") if issue.brand.seal
               else Text("待盖章", "to be stamped")).say(lang),
        stamped=issue.brand.seal is not None,
        foot=foot(issue, lang),
    )  # fmt: skip


def _keys(issue: Issue, sealing: Sealing, lang: str) -> Iterator[tuple[str, str]]:
    program = issue.run.program
    yield Text("方案", "Scheme").say(lang), f"{program.code} {program.version}"
    number = f"{sealing.run}"
    if issue.number is not None:
        nth = Text(f"（本期第 {issue.number} 次）", f" (no. {issue.number} of the period)")
        number += nth.say(lang)
    yield Text("计算编号", "Run").say(lang), number
    yield Text("状态", "Status").say(lang), issue.standing.names.say(lang)


def _statement(issue: Issue, sealing: Sealing, lang: str) -> str:
    run, at = issue.run, f"{sealing.at:%Y-%m-%d %H:%M}"
    results = sum(1 for _ in run.lines())
    paid_zh = paid_en = ""
    if run.program.payout is not None:
        n, amount = len(issue.payouts), f.money(total(issue.payouts.values()))
        paid_zh = f"，发放 {n} 笔，合计 {amount} 元"
        paid_en = f", {n} payouts of {amount} CNY in all"
    return Text(
        f"{issue.brand.name}{f.period(run.period, 'zh')}按《{run.program.names.zh}》的计算，"
        f"于 {at} 由 {sealing.by} 封存：{results} 个结果{paid_zh}。"
        "此后改动任何一个数据、参数、公式或结果，重算出的封存码都与下面的不同。",
        f"The run of {issue.brand.name} for {f.period(run.period, 'en')} under "
        f"“{run.program.names.en}” was sealed on {at} by {sealing.by}: {results} results{paid_en}. "
        "If a single fact, parameter, formula or result is altered, computing it again yields "
        "another seal than the one below.",
    ).say(lang)


def _parts(issue: Issue, sealing: Sealing, lang: str) -> Iterator[tuple[str, str, str]]:
    run = issue.run
    rows = sum(len(r) for r in run.checked.rows.values())
    columns = sum(len(r.values) for r in run.checked.rows.values())
    own = sum(r.dated.origin == "hospital" for r in run.parameters.values())
    results = sum(1 for _ in run.lines())
    periods = len(run.history.periods)
    told = {
        "facts": Text(f"{len(run.checked.rows)} 张表，{rows} 行，{columns} 项数据",
                      f"{len(run.checked.rows)} tables, {rows} rows, {columns} columns"),
        "parameters": Text(f"{len(run.parameters)} 个参数，{own} 个由本院设定",
                           f"{len(run.parameters)} parameters, {own} set by the hospital"),
        "history": Text(f"以前 {periods} 期的结果", f"of {periods} earlier periods") if periods
        else Text("没有用到", "none was needed"),
        "formulas": Text(f"{len(run.program.rules)} 个公式，版本 {run.program.version}",
                         f"{len(run.program.rules)} formulas, version {run.program.version}"),
        "results": Text(f"{results} 个结果", f"{results} results"),
    }  # fmt: skip
    for name, about in told.items():
        yield _PARTS[name].say(lang), f.grouped(run.seal[name]), about.say(lang)
    if sealing.program:
        about = Text("存档，没有原插件也能重算", "kept: no plugin is needed")
        yield _PARTS["program"].say(lang), f.grouped(sealing.program), about.say(lang)


def _sources_about(sealing: Sealing, lang: str) -> str:
    if not sealing.sources:
        return Text("没有记录导入", "no import is recorded").say(lang)
    last, left = sealing.sources[-1].number, len(sealing.sources) - _SOURCES
    said = Text(f"截至第 {last} 次导入", f"up to import {last}").say(lang)
    if left > 0:
        said += Text(f"，更早的 {left} 次未列", f"; {left} earlier ones are not listed").say(lang)
    return said


def _checks(sealing: Sealing, lang: str) -> Iterator[tuple[str, str, str]]:
    yield (
        Text("重算", "Recompute").say(lang),
        f"hpf verify-run {sealing.run}",
        Text("用存档的规则、参数和数据重算，逐部分比对",
             "from the rules, parameters and facts stored with it, part by part").say(lang),
    )  # fmt: skip
    yield (
        Text("核对审计链", "Audit chain").say(lang),
        "hpf audit verify --all",
        Text("任何改动、删除、换序、重写都会发现",
             "tells whatever was altered, removed, reordered or rebuilt").say(lang),
    )  # fmt: skip
    yield (
        Text("核对单张绩效单", "A single slip").say(lang),
        Text("hpf verify-slip 核验码", "hpf verify-slip CODE").say(lang),
        Text("只显示该单金额", "shows that slip's figures, no more").say(lang),
    )


def _head(sealing: Sealing, lang: str) -> str:
    mark = sealing.head
    if mark is None:
        return ""
    at = f"{mark.at:%Y-%m-%d %H:%M}"
    return Text(
        f"审计链第 {mark.seq} 条，{at}：{f.grouped(mark.hash)}；签名公钥 {f.grouped(mark.key)}",
        f"Audit chain, entry {mark.seq}, {at}: {f.grouped(mark.hash)}; signed by the key "
        f"{f.grouped(mark.key)}",
    ).say(lang)


_PARTS = {
    "facts": Text("数据", "Facts"),
    "parameters": Text("参数", "Parameters"),
    "history": Text("往期结果", "Earlier results"),
    "formulas": Text("公式", "Formulas"),
    "results": Text("结果", "Results"),
    "program": Text("存档的规则", "Stored rules"),
}
_WORDS = {
    "certificate": Text("计算封存证书", "Certificate of a sealed run"),
    "seal": Text("封存码", "Seal"),
    "covers": Text("封存了什么", "What it covers"),
    "part": Text("部分", "Part"),
    "digest": Text("摘要（SHA-256）", "Digest (SHA-256)"),
    "about": Text("内容", "Content"),
    "sources": Text("数据来自", "Facts from"),
    "number": Text("导入", "Import"),
    "file": Text("文件", "File"),
    "file_digest": Text("文件摘要", "Digest of the file"),
    "who": Text("谁，何时", "By whom, when"),
    "check": Text("怎样核对", "How to check"),
    "head": Text("审计链", "Audit chain"),
    "sign": Text("签字", "Signature"),
}  # fmt: skip
