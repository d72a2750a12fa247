"""clauses.yaml started from a document: new entries in their place, those that stand there kept.

The file is put together as text, so that nobody's wording, order or comment is touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from hpf.core.clauses import alias
from hpf.core.errors import Problem, SchemeError, Text
from hpf.core.kit.numbering import Provision

_BEGIN = """\
# 由文件编号列出。meaning 是原文的草稿：请用自己的话改写，并补上另一种语言；
# kind 是按字面猜的，请核对。
# Listed from the document's numbers. Each meaning is a draft: say it in words of your own, and in
# the other language too; each kind is a guess from the words, to be looked at.
"""
_LONG = 160  # signs of a provision that are taken over as a draft


@dataclass(frozen=True, slots=True)
class Merged:
    """The file's new text. added, kept: ids; gone: those in the file that the document has not."""

    text: str
    added: tuple[str, ...]
    kept: tuple[str, ...]
    gone: tuple[str, ...]


def merge(old: str, provisions: Sequence[Provision], lang: str = "zh") -> Merged:
    """Put the provisions that the file does not have behind the one before each of them.

    lang: of the document. Raises SchemeError where the file is not a list of entries.
    """
    head, blocks = _blocks(old)
    ids = [alias(id) for id, _ in blocks]
    texts = {alias(id): text for id, text in blocks}
    order, added, before = list(ids), list[str](), ""
    for one in provisions:
        id = alias(one.id)
        if id not in texts:
            order.insert(order.index(before) + 1 if before else 0, id)
            texts[id] = entry(one, lang)
            added.append(id)
        before = id
    named = {alias(p.id) for p in provisions}
    return Merged(
        (head if old.strip() else _BEGIN) + "".join(texts[id] for id in order),
        tuple(added),
        tuple(id for id in ids if id in named),
        tuple(id for id in ids if id not in named),
    )


def entry(one: Provision, lang: str) -> str:
    """A provision as an entry of clauses.yaml; the other language is left to be written."""
    draft = one.text if len(one.text) <= _LONG else one.text[: _LONG - 1] + "…"
    zh, en = (draft, "") if lang == "zh" else ("", draft)
    lines = [
        f"- id: {_said(one.id)}  # 第 {one.line} 行 line {one.line}",
        f"  kind: {one.kind}",
        "  meaning:",
        f"    zh: {_said(zh)}",
        f"    en: {_said(en)}",
        *(["  covered: definition"] if one.heading else []),
    ]
    return "\n".join(lines) + "\n"


def language_of(text: str) -> str:
    """`zh` where a tenth of the letters are Chinese."""
    han, letters = len(re.findall(r"[\u4e00-\u9fff]", text)), len(re.findall(r"[A-Za-z]", text))
    return "zh" if han * 9 >= letters else "en"


def document_of(old: str) -> str:
    """What the ids of a clauses.yaml begin with, up to their first dash, else to their first dot;
    '' where they differ or there are none."""
    found = {_prefix(id) for id, _ in _blocks(old)[1]}
    return found.pop() if len(found) == 1 else ""


def _prefix(id: str) -> str:
    return id.partition("-")[0] if "-" in id else id.partition(".")[0]


def _said(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z][\w.\-]*", text)
    return text if plain else json.dumps(text, ensure_ascii=False)


def _blocks(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first entry, then id and text of each."""
    try:
        data = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        raise _unreadable(str(error)) from None
    head, *parts = re.split(r"^(?=-\s)", text if text.endswith("\n") else text + "\n", flags=re.M)
    if not isinstance(data, list) or len(data) != len(parts):
        raise _unreadable("")
    ids = [str(e["id"]) if isinstance(e, dict) and "id" in e else "" for e in data]
    if not all(ids):
        raise _unreadable("id")
    return head, list(zip(ids, parts, strict=True))


def _unreadable(why: str) -> SchemeError:
    more = f"：{why}" if why else ""
    message = Text(f"clauses.yaml 不是条款的列表{more}", "clauses.yaml is no list of entries" +
                   (f": {why}" if why else ""))  # fmt: skip
    cure = Text("每条以“- id: …”顶格开头", "Each entry begins with '- id: …' at the line's start")
    return SchemeError([Problem("clause.file", message, cure)])
