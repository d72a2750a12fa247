"""What no form sends: the answer is a page that says so, never a failure of ours."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import portal_homes as homes
import pytest
from portal_forms import token

from hpf.portal.access import OPEN, SELF, needed
from hpf.portal.rights import ACTS, Act, Role

pytestmark = pytest.mark.slow
BIG = "9" * 30
NUMBERS = ("0", "2147483648", "9223372036854775808", BIG, "-1", "1.0", "１", "%00", "x")
ROLES = {n: {r or Role.STAFF} | ({Role.STAFF} if n in homes.PERSON else set())
         for n, r in homes.ROLES.items()}  # fmt: skip
TEXTS = (
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "'",
    "%27%20OR%201=1--",
    "x" * 3000,
    "☃",
    "%ff",
    "{{7*7}}",
)
ASKED = (
    "period", "scheme", "page", "page_size", "sort", "desc", "search", "id", "only_state", "run",
    "unit", "q", "f-x", "code", "flt0_0", "line", "as", "about", "filled", "why",
)  # fmt: skip
FIELDS = (
    "login", "role", "rowid", "deed", "department", "run", "ids", "state", "period", "scheme",
    "reason", "text", "day", "since", "amount", "unit", "person", "number", "line", "token",
    "extent",
    "kind", "move", "committee", "choice", "count", "way", "code", "value", "base", "about", "as",
    "pay_in", "of", "item", "off", "visit", "want", "form", "format", "task", "version", "seed",
)  # fmt: skip
VALUES = ("\0", BIG, "1e999999999", "-1", "", "x" * 3000, "＝1+1", "NaN", "Infinity", "2026-99-99")


def filled(rule: str, number: str, text: str) -> str:
    return re.sub(r"<(path:)?\w+>", text, re.sub(r"<int:\w+>", number, rule))


@pytest.fixture
def doors(app, login):
    """`doors("POST")`: every address that takes the verb, with a browser of somebody to whom it
    is open."""
    clients = {name: login(name) for name in homes.ROLES}

    def find(verb: str):
        for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
            if verb not in rule.methods or rule.endpoint.startswith("security."):
                continue
            wanted = needed(app, rule.endpoint)
            if wanted in (OPEN, SELF):
                yield rule.rule, clients["office"]
            elif wanted:
                yield rule.rule, clients[next(n for n, r in ROLES.items() if r & ACTS[Act(wanted)])]

    return find


def test_no_address_breaks_a_page(doors) -> None:
    broken = []
    for rule, client in doors("GET"):
        if "<" in rule:
            pairs = [(n, TEXTS[0]) for n in NUMBERS] + [("1", t) for t in (*TEXTS, *NUMBERS)]
            asked = {filled(rule, n, t) for n, t in pairs}
        else:
            asked = {f"{rule}?{urlencode({**dict.fromkeys(ASKED, v)})}" for v in VALUES}
            asked |= {f"{rule}?{name}={BIG}" for name in ("page", "page_size", "sort", "id", "run")}
        broken += [(p, s) for p in sorted(asked) if (s := client.get(p).status_code) >= 500]
    assert not broken


def test_no_form_breaks_a_page(doors) -> None:
    """Every field that any form has, with what no form sends, to every address that takes one."""
    broken, tokens = [], {}
    for rule, client in doors("POST"):
        if rule == "/password":
            continue
        if client not in tokens:
            tokens[client] = token(client, "/password")
        for value in VALUES:
            data = {**dict.fromkeys(FIELDS, value), "csrf_token": tokens[client]}
            path = filled(rule, "1", "x")
            status = client.post(path, data=data).status_code
            if status >= 500:
                broken.append((path, value[:12], status))
    assert not broken


def test_a_search_is_no_pattern_and_no_command(login) -> None:
    """What a search means is in no sign that somebody types."""
    client = login("office")
    everybody = client.get("/admin/staff/?search=K0").get_data(as_text=True).count("K0")
    assert everybody > 10
    for text in ("%25", "_", "K_", "%27%20OR%20%271%27=%271", "K0%25"):
        page = client.get(f"/admin/staff/?search={text}").get_data(as_text=True)
        assert homes.PERSON["nurse"] not in page, text
