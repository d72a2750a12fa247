"""Each page says everything in the language that was asked for, but for what is data."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import portal_homes as homes
import portal_october as october
import pytest
from portal_forms import send

from hpf.core.formula import tree as t
from hpf.storage.home import Home

pytestmark = pytest.mark.slow

WORD = re.compile(r"\b(?![0-9a-f]{4}\b)[A-Za-z]{4,}")  # four letters of a seal are none
CHINESE = re.compile(r"[一-鿿]+")
ELSEWHERE = ("/static/", "/admin/", "/handbook/", "/logout", "/language")
# the handbook prints the scheme's own terms with their codes; administration has tours of its own
MOST = 6  # pages of one kind: a derivation leads to the next one
LEAST = {"nurse": 15, "head": 25, "expert": 3}  # pages found: fewer, and nothing is proven
SAID = {  # words of other letters that a Chinese page has on purpose
    "English",  # the way to the other language, in that language
    "Excel",  # its name
    "township",  # the scheme's code beside its version: what IT is asked for
}


class Text(HTMLParser):
    """What is read of a page, its labels included; references and codes are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._dumb: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("href"):
            self.links.append(found["href"] or "")
        self.said += [v for k, v in attrs if k in ("aria-label", "title", "placeholder") and v]
        silent = tag in ("script", "style", "code") or found.get("id") == "reference"
        if silent or "seal" in (found.get("class") or "").split():
            self._dumb.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dumb and self._dumb[-1] == tag:
            self._dumb.pop()

    def handle_data(self, data: str) -> None:
        if not self._dumb and data.strip():
            self.said.append(data.strip())


@pytest.fixture(scope="module")
def posted(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """September and October, both public."""
    with october.both_public(made_home, tmp_path_factory.mktemp("languages")) as app:
        yield app


@pytest.fixture(scope="module")
def data(made_home: Path) -> str:
    """What the hospital itself wrote: its tables, its decisions, names of its files, accounts; and
    the values that its document gives to cells, which are the same in every language."""
    program = Home.open(made_home).programs()["township"]
    values = {c for i in program.indicators for c in i.choices}
    for rule in program.rules:
        values |= {str(n.value) for n in t.walk(rule.tree) if isinstance(n, t.Const)}
    found = [
        (homes.SAMPLE / "config.yaml").read_text("utf-8"),
        "示例乡镇卫生院（合成数据）",
        "seed",
        "院内公示栏",
    ]
    for file in sorted((homes.SAMPLE / str(homes.PERIOD)).glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as opened:
            found += [cell for row in list(csv.reader(opened))[2:] for cell in row]
        found.append(file.stem)
    return "\n".join((*found, *sorted(values), *homes.ROLES, *map(str, homes.SETTLED.values())))


def pages(client) -> Iterator[tuple[str, Text]]:
    """Every page that links lead to, and what it says."""
    todo, seen, kinds = ["/", "/password", "/nothere"], set(), dict[str, int]()
    while todo:
        path = todo.pop(0)
        kind = re.sub(r"=[^&]*|\d+", "", path.partition("#")[0])[:14]
        if path in seen or kinds.get(kind, 0) >= MOST:
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(path)
        if answer.mimetype != "text/html" or answer.status_code in (302, 303):
            continue
        assert answer.status_code in (200, 403, 404), path
        read = Text()
        read.feed(answer.get_data(as_text=True))
        yield path, read
        links = (link.partition("#")[0] for link in read.links)
        todo += [x for x in links if x.startswith("/") and not x.startswith(ELSEWHERE)]


@pytest.mark.parametrize("name", list(LEAST))
def test_a_chinese_page_has_no_english_word(posted, data: str, name: str) -> None:
    client = posted.test_client()
    assert send(client, "/login", {"login": name, "password": homes.PASSWORD}).status_code == 302
    wrong: dict[str, list[str]] = {}
    read_of = dict(pages(client))
    for path, read in read_of.items():
        for said in read.said:
            if found := [w for w in WORD.findall(said) if w not in SAID and w not in data]:
                wrong.setdefault(path, []).append(f"{' '.join(found)}: {said[:80]}")
    assert not wrong
    assert len(read_of) >= LEAST[name]


@pytest.mark.parametrize("name", list(LEAST))
def test_an_english_page_has_no_chinese_but_data(posted, data: str, name: str) -> None:
    client = posted.test_client()
    assert send(client, "/login", {"login": name, "password": homes.PASSWORD}).status_code == 302
    send(client, "/language", {"lang": "en"}, "/password")
    wrong: dict[str, list[str]] = {}
    read_of = dict(pages(client))
    for path, read in read_of.items():
        for said in read.said:
            if found := [w for w in CHINESE.findall(said) if w not in data and w != "中文"]:
                wrong.setdefault(path, []).append(f"{' '.join(found)}: {said[:80]}")
    assert not wrong
    assert len(read_of) >= LEAST[name]
