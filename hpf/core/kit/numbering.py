"""The numbered provisions of a printed document, read line by line: ids, texts, and every doubt.

Chinese and Western numbers alike: 第三条, 一、, （一）, 1. 1.2, (1), 1), ①, a), and ids that the
text bears itself (S9.1-2.3). A number of a style that stands open closes what was below it; one of
a new style begins a level deeper. What does not fit is told, never guessed in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hpf.core.clauses import KINDS, alias
from hpf.core.errors import Problem, Text

_WIDE = str.maketrans("０１２３４５６７８９（）．", "0123456789().")
_HAN = "〇零一二三四五六七八九十百"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ"
_DRESS = re.compile(r"^(?:>\s*|#{1,6}\s+|[-*+]\s+(?=\S))*(?:\*\*|__)?")
_STYLES: Mapping[str, re.Pattern[str]] = {
    "chapter": re.compile(rf"第([{_HAN}\d]+)章[、.:：]?\s*(.*)"),
    "section": re.compile(rf"第([{_HAN}\d]+)[节節][、.:：]?\s*(.*)"),
    "article": re.compile(rf"第([{_HAN}\d]+)[条條][、.:：]?\s*(.*)"),
    "han": re.compile(rf"([{_HAN}]+)[、.]\s*(.*)"),
    "han_paren": re.compile(rf"\(([{_HAN}]+)\)[、.]?\s*(.*)"),
    # 1.5 元 is no provision, 1.5 and a space may be one, 2.3.1 is one either way
    "dotted": re.compile(r"(\d{1,3}(?:\.\d{1,3})+)(?:、|\.(?!\d)|(?=\s))\s*(.*)"),
    "deep": re.compile(r"(\d{1,3}(?:\.\d{1,3}){2,})(?![\d.])(.*)"),
    "number": re.compile(r"(\d{1,3})(?:、|\.(?!\d))\s*(.*)"),
    "paren": re.compile(r"\((\d{1,3})\)[、.]?\s*(.*)"),
    "half_paren": re.compile(r"(\d{1,3})\)[、.]?\s*(.*)"),
    "circled": re.compile(rf"([{_CIRCLED}])[、.]?\s*(.*)"),
    "roman": re.compile(rf"([{_ROMAN}])[、.]\s*(.*)"),
    "letter": re.compile(r"\(?([a-z])\)[、.]?\s*(.*)"),
    "capital": re.compile(r"([A-Z])[、.]\s*(.*)"),
}
_ITEMS = re.compile(rf"[{_CIRCLED[1:]}]|[(（][2-9][)）]")
_COMPUTED = (
    r"[=＝×÷%％]|\d\s*[元分倍]|系数|乘以|除以|之和|平均|按.*(?:计算|计发|分配|提取|核算|发放)"
    r"|\b(?:CNY|yuan|times|multipl|divid|share|mean|rate|proportion)"
)
_BANDED = (
    r"(?:不足|超过|达到|低于|高于)\s*\d|\d.{0,4}(?:以上|以下)|分档"
    r"|\b(?:band|tier|above|below|at least)\b"
)
_GUESSES = (
    ("text", r"解释|施行|生效|废止|\bin force\b"),
    ("cons", r"扣|罚|取消|处分|不参加|不得|停发|不发|deduct|penal|forfeit"),
    ("band", _BANDED),
    ("calc", _COMPUTED),
    ("flow", r"公示|申诉|会议|审核|审批|上报|小组|负责|批准|appeal|committee|approv|publi|posted"),
    ("data", r"统计|填报|登记|报送|口径|核定|以.*为准|report|record|register|count"),
)  # fmt: skip
_TITLE = 24  # a heading says no more than so many signs


@dataclass(frozen=True, slots=True)
class Provision:
    """One numbered provision. line: where it stands; kind: guessed from its words.

    heading: a title above others, which provides nothing itself.
    """

    id: str
    text: str
    line: int
    kind: str
    heading: bool = False


@dataclass(slots=True)
class _Open:
    id: str
    line: int
    texts: list[str]
    kind: str = ""
    children: int = 0


@dataclass(slots=True)
class _Reader:
    document: str
    mark: str
    found: list[_Open] = field(default_factory=list)
    levels: list[tuple[str, str]] = field(default_factory=list)  # style, part of the id
    doubts: list[Problem] = field(default_factory=list)
    last: dict[tuple[str, ...], int] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    skipped: list[tuple[str, int]] = field(default_factory=list)

    def line(self, number: int, text: str) -> None:
        bare = _DRESS.sub("", text.strip()).translate(_WIDE).replace("**", "").strip()
        if not bare or set(bare) <= set("-=*_ "):
            return
        if own := self._own_id(bare):
            self._add(*own, number)
        elif bare.startswith("|"):
            self.skipped.append(("table", number))
        elif styled := _styled(bare):
            self._numbered(*styled, number, bare)
        elif self.found:
            self.found[-1].texts.append(bare)
        else:
            self.skipped.append(("head", number))

    def _own_id(self, bare: str) -> tuple[str, str, str] | None:
        """An id that the text bears itself, at the line's or the table row's beginning."""
        row = [c.strip() for c in bare.strip("|").split("|")] if bare.startswith("|") else [bare]
        match = re.match(rf"`?({re.escape(self.document)}[.\-][^\s|`:：]+)`?[:：]?\s*(.*)", row[0])
        if match is None:
            return None
        cells = [match[2], *row[1:]]
        kind = next((c for c in cells if c in KINDS), "")
        told = max((c for c in cells if c not in KINDS and "「" not in c), key=len, default="")
        self.levels.clear()
        return alias(match[1]), told, kind

    def _numbered(self, style: str, number: str, text: str, line: int, bare: str) -> None:
        style = "dotted" if style == "deep" else style
        family = {"dotted": "number"}.get(style, style)
        if style in ("chapter", "section", "article"):
            order = ("chapter", "section", "article")
            keep = order[: order.index(style)]
            self.levels = [level for level in self.levels if level[0] in keep]
        else:
            open_styles = [s for s, _ in self.levels]
            if family in open_styles:
                del self.levels[open_styles.index(family) :]
        value = _value(number)
        part = number if style == "dotted" else {"chapter": "ch", "section": "s"}.get(style, "")
        part += "" if style == "dotted" else str(value)
        self._in_order(style, part, value, line, bare)
        self.levels.append((family, part))
        styles = [s for s, _ in self.levels]
        start = styles.index("article") if "article" in styles else 0
        id = self.document + self.mark + ".".join(p for _, p in self.levels[start:])
        if len(self.levels) > 1 + start:
            above = self.document + self.mark + ".".join(p for _, p in self.levels[start:-1])
            for one in self.found:
                one.children += one.id == above
        if style == "dotted":
            above = id.rpartition(".")[0]
            for one in self.found:
                one.children += one.id == above
        self._add(id, text, "", line)

    def _in_order(self, style: str, part: str, value: int, line: int, bare: str) -> None:
        """Numbers go up by one; where they do not, somebody should look."""
        above = tuple(p for _, p in self.levels) if style != "article" else ()
        if style == "dotted":
            above = (*above, part.rpartition(".")[0])
        key = (style, *above)
        before = self.last.get(key, 0)
        # numbers may also run on from one part to the next, as those of articles do
        if value not in (before + 1, self.running.get(style, 0) + 1):
            self._doubt(
                line, bare,
                f"前一个编号是 {before or '无'}，这里是 {value}",
                f"the number before is {before or 'none'}, and here it is {value}",
                "请核对是否漏了条款，或本行并不是条款",
                "Look whether a provision is missing, or whether this line is none",
            )  # fmt: skip
        self.last[key] = self.running[style] = value

    def _add(self, id: str, text: str, kind: str, line: int) -> None:
        if any(one.id == id for one in self.found):
            self._doubt(
                line, f"{id} {text}", f"编号 {id} 出现两次，只取前一个",
                f"{id} stands twice; only the first one is taken",
                "请把后一个并入，或改编号", "Put it into the first, or give it another id",
            )  # fmt: skip
            return
        self.found.append(_Open(id, line, [text] if text else [], kind))

    def _doubt(self, line: int, bare: str, zh: str, en: str, zh_cure: str, en_cure: str) -> None:
        shown = bare if len(bare) <= 30 else bare[:29] + "…"
        self.doubts.append(
            Problem(
                "clauses.doubt", Text(zh, en), Text(zh_cure, en_cure), f":{line}", name=shown,
                severity="notice",
            )
        )  # fmt: skip

    def close(self) -> None:
        for one in self.found:
            joined = " ".join(one.texts)
            if _ITEMS.search(joined) and not one.children:
                self._doubt(
                    one.line, one.id, "一条里有几项编了号，没有拆开",
                    "several numbered items stand in one provision, which was not divided",
                    "要分别实现的，请拆成几条", "Divide it where each is to be a rule of its own",
                )  # fmt: skip
        for what, first, last in _runs(self.skipped):
            single = first == last
            where = f"{first}" if single else f"{first}–{last}"
            words = {
                "table": (f"第 {where} 行的表没有读", f"the table of lines {where} was not read",
                          "表里的数写进 parameters.yaml", "Its figures belong in parameters.yaml"),
                "head": (f"第 {where} 行在第一个编号之前，没有取",
                         f"line {where} stands before the first number and was not taken" if single
                         else f"lines {where} stand before the first number and were not taken",
                         "有规定的，请手工加一条", "Where they provide something, add it by hand"),
            }[what]  # fmt: skip
            self._doubt(first, "", *words)


def read_provisions(
    text: str, document: str, mark: str = "."
) -> tuple[list[Provision], list[Problem]]:
    """All provisions in the document's order, and what was not understood, by line.

    document: what ids begin with; mark: between it and the first number. The problems are
    notices; their place is `:LINE`, to be put behind a file's name.
    """
    reader = _Reader(document, mark)
    for number, line in enumerate(text.splitlines(), 1):
        reader.line(number, line)
    reader.close()
    return list(map(_provision, reader.found)), sorted(
        reader.doubts, key=lambda p: int(p.place[1:])
    )


def _provision(one: _Open) -> Provision:
    text = " ".join(one.texts).strip()
    title = len(text) <= _TITLE and not text.endswith((":", "：", "。", ";", "；"))
    heading = bool(one.children) and title
    return Provision(one.id, text, one.line, one.kind or _kind(text, heading), heading)


def _kind(text: str, heading: bool) -> str:
    if heading:
        return "text"
    return next((k for k, words in _GUESSES if re.search(words, text, re.IGNORECASE)), "text")


def _styled(bare: str) -> tuple[str, str, str] | None:
    """The style, number and rest of a line that begins with a number; None for any other."""
    for style, pattern in _STYLES.items():
        if match := pattern.fullmatch(bare):
            return style, match[1], match[2].strip()
    return None


def _value(number: str) -> int:
    """A number in any of the styles, of a dotted one the last part.

    >>> [_value(n) for n in ("十二", "二十", "③", "Ⅳ", "2.11", "c", "一百零五")]
    [12, 20, 3, 4, 11, 3, 105]
    """
    for signs in (_CIRCLED, _ROMAN):
        if number in signs:
            return signs.index(number) + 1
    if number.replace(".", "").isdecimal():
        return int(number.rpartition(".")[2])
    if number.isascii():
        return ord(number.lower()) - ord("a") + 1
    total = digit = 0
    for sign in number:
        if sign in "十百":
            total += (digit or 1) * {"十": 10, "百": 100}[sign]
            digit = 0
        else:
            digit = max(0, _HAN.index(sign) - 1)
    return total + digit


def _runs(skipped: list[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Lines left out for the same reason, as stretches."""
    first = last = 0
    what = ""
    for why, line in skipped:
        if why != what or line > last + 2:
            if what:
                yield what, first, last
            what, first = why, line
        last = line
    if what:
        yield what, first, last
