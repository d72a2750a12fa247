"""The table of routes: who may open what, compared with what there is, and tried by everybody."""

from __future__ import annotations

import re
from pathlib import Path

import portal_homes as homes
import pytest
import yaml

from hpf.portal.access import OPEN, SELF, needed
from hpf.portal.rights import ACTS, Act, Role

TABLE = yaml.safe_load(Path(__file__).with_name("routes.yaml").read_text("utf-8"))
WORDS = {login: {role} if role else set() for login, role in homes.ROLES.items()}
for _login in homes.PERSON:
    WORDS[_login] = WORDS[_login] | {Role.STAFF}


def test_every_route_stands_in_the_table_with_who_may_open_it(app) -> None:
    """A route that is new, gone, or asks for something else fails here."""
    found = {
        r.endpoint: [r.rule, needed(app, r.endpoint) or "shut"] for r in app.url_map.iter_rules()
    }
    assert found == {k: list(v) for k, v in TABLE.items()}


def test_each_role_gets_into_what_the_table_says_and_nothing_else(app, reader) -> None:
    """Every GET route without parameters, by every role and by nobody."""
    for name, roles in WORDS.items():
        client = reader(name)
        for endpoint, (rule, act) in TABLE.items():
            methods = {m for r in app.url_map.iter_rules(endpoint) for m in r.methods}
            if "<" in rule or "GET" not in methods or act == OPEN:
                continue
            allowed = act == SELF or (act != "shut" and bool(roles & ACTS[Act(act)]))
            status = client.get(rule).status_code
            assert (status != 403) is allowed, (name, rule, status)


def test_nobody_gets_into_anything_but_the_open_pages(app) -> None:
    client = app.test_client()
    for endpoint, (rule, act) in TABLE.items():
        methods = {m for r in app.url_map.iter_rules(endpoint) for m in r.methods}
        if act == OPEN:
            continue
        if "GET" in methods:
            assert client.get(_filled(rule)).headers["Location"].startswith("/login"), rule
        else:
            assert client.post(_filled(rule)).status_code in (400, 401), rule


@pytest.mark.parametrize("name", [None, *homes.ROLES])
def test_no_amount_of_somebody_else_is_in_any_page(reader, amounts, name: str | None) -> None:
    """Every person's amount is unique; on these pages only sums may stand."""
    client = reader(name)
    open_to = WORDS.get(name or "", set())
    whole = bool(open_to & ACTS[Act.RESULTS])
    rules = client.application.url_map.iter_rules()
    for rule in sorted(r.rule for r in rules if "GET" in r.methods and not r.arguments):
        body = client.get(rule).data.decode("utf-8", "replace").replace(",", "")
        for person, amount in amounts.items():
            own = person == homes.PERSON.get(name or "") or whole
            if name == "head" and person.startswith(f"{homes.HEADED}-"):
                own = True
            assert own or f"{amount:.2f}" not in body, (name, rule, person)


def test_a_row_that_is_not_ones_own_is_not_there(reader) -> None:
    """Not in the list, not by its number, not by searching."""
    head, office = reader("head"), reader("office")
    both = office.get("/admin/departments/").get_data(as_text=True)
    assert "K02" in both
    listed = head.get("/admin/departments/").get_data(as_text=True)
    assert homes.HEADED in listed
    assert "K02" not in listed
    assert "K02" not in head.get("/admin/departments/?search=K0").get_data(as_text=True)
    answers = {n: head.get(f"/admin/departments/details/?id={n}").status_code for n in range(1, 20)}
    assert sorted(answers.values()).count(200) == 1
    assert head.get("/admin/departments/details/?id=x").status_code == 404


def _filled(rule: str) -> str:
    """An address of a route, with something in each of its places."""
    return re.sub(r"<\w+>", "x", re.sub(r"<int:\w+>", "1", re.sub(r"<path:\w+>", "x", rule)))
