"""No page shows a code of the program's own, such as `per_head`, to those who read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import portal_homes as homes
import pytest
from flask import Flask

from hpf.portal.access import OPEN, SELF, needed
from hpf.portal.rights import ACTS, Act, Role

pytestmark = pytest.mark.slow
ROLES = {n: {r or Role.STAFF} | ({Role.STAFF} if n in homes.PERSON else set())
         for n, r in homes.ROLES.items()}  # fmt: skip
# Not those in an address, nor the sheet and file of a place: [cost_sheet], cost_sheet.csv, work!D3.
CODE = re.compile(r"(?<![\w./[-])[a-z]+(?:_[a-z0-9]+)+(?![\w/!-]|\.csv)")
MEANT = {  # pages that speak of files, and to those who keep them
    "/admin/audit/": "what the IT role compares with the trail's own text",
    "/admin/audit/details/": "the same",
    "/upkeep/check": "names of settings and plugins as the configuration file writes them",
}
COLUMN = re.compile(r"没有列 \w+（|here is no column '\w+'")  # of a file, beside its name
SILENT = {"script", "style", "title", "svg"}
PARAMETERS = ("ratio_holds", "leave_unpaid", "drug_cost_rate", "unit_class", "waiting_month")


class Read(HTMLParser):
    """The text of a page as it is read; `code` marks what is meant for files."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {*SILENT, "code"}:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.said.append(data)


def codes(page: str) -> set[str]:
    reader = Read()
    reader.feed(page)
    said = (COLUMN.sub("", one) for one in reader.said)
    return {found for one in said for found in CODE.findall(one)}


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Each page that is read, with somebody to whom it is open."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("security."):
            continue
        if rule.arguments or rule.rule.endswith(("/new/", "/edit/", "/action/", "/lookup/")):
            continue
        wanted = needed(app, rule.endpoint)
        if not wanted:
            continue
        who = "office"
        if wanted not in (OPEN, SELF):
            who = next(n for n, r in ROLES.items() if r & ACTS[Act(wanted)])
        yield rule.rule, who
        if rule.rule.endswith("/details/"):
            yield from ((f"{rule.rule}?id={n}", who) for n in (1, 2))
    for name in PARAMETERS:
        yield f"/plan/parameters/{name}", "office"
    for result in ("paid", "individual"):
        yield f"/derivation/1/staff/K02-1/{result}", "office"
    yield "/admin/parameters/details/?id=township.leave_unpaid", "office"
    yield "/calculate/1/unit/K02", "office"


def test_pages_speak_of_choices_states_and_rules_by_their_names(app: Flask, login) -> None:
    clients = {}
    shown: dict[str, set[str]] = {}
    for path, who in addresses(app):
        if path.partition("?")[0] in MEANT:
            continue
        if who not in clients:
            clients[who] = login(who)
        client = clients[who]
        for lang in ("zh", "en"):
            with client.session_transaction() as kept:
                kept["lang"] = lang
            answer = client.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in answer.get_data(
                    as_text=True
                ), path
                shown.setdefault(path, set()).update(codes(answer.get_data(as_text=True)))
    assert len(shown) > 60
    assert not {path: found for path, found in shown.items() if found}
