"""Pages and panels that plugins declare: drawn for whom they are, and nobody else's figures."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import portal_homes as homes
import pytest
from portal_posted import put_at

from hpf.core.kit.panelling import ROLES
from hpf.portal import PortalSettings, create_app
from hpf.portal.rights import Role
from hpf.reports.figures import money
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home
from hpf.storage.models import Cycle
from hpf.storage.runs import latest_run, load_run

PEOPLE, UNITS = "/tables/township_people", "/tables/township_units"


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_the_words_for_roles_are_those_of_the_portal() -> None:
    """A plugin names parties by the words that user_roles keeps."""
    assert set(ROLES) == {r.value for r in Role}


def test_a_declared_page_shows_every_row_to_whoever_sees_everybody(reader, amounts) -> None:
    """Facts and results side by side, each with its unit; each figure leads on."""
    shown = text_of(reader("finance").get(f"{PEOPLE}?lang=zh"))
    second = text_of(reader("finance").get(f"{PEOPLE}?page=1"))
    assert "人员绩效明细" in shown
    for amount in amounts.values():
        assert money(amount) in shown + second
    links = re.findall(r'href="(/derivation/\d+/staff/[^"]+/paid)"', shown)
    assert len(links) == 50  # a page of it
    assert reader("finance").get(links[0]).status_code == 200


def test_a_fact_leads_to_its_cell_and_who_reported_it(reader) -> None:
    """What no rule made opens the row, with sheet, cell, who and when."""
    href = re.search(
        r'href="(/tables/township_people/row/[^"#]+#title)"',
        text_of(reader("office").get(f"{PEOPLE}?f-name=")),
    )
    assert href
    row = text_of(reader("office").get(href[1].partition("#")[0]))
    assert re.search(r"staff!?\S*[A-Z]+\d+ · office · \d{4}-\d\d-\d\d", row), row[-1500:]
    assert "S2-" in row  # the clause of a result


@pytest.mark.parametrize("name", [None, *homes.ROLES])
def test_nobody_finds_a_foreign_amount_on_a_declared_page(reader, amounts, name) -> None:
    """Lists, pages of them, sorting, filters and single rows."""
    client = reader(name)
    whole = name in ("president", "office", "finance", "auditor")
    for query in ("", "?page=1", "?sort=paid&desc=1", "?f-name=a", "?sort=paid"):
        body = client.get(PEOPLE + query).get_data(as_text=True).replace(",", "")
        for person, amount in amounts.items():
            own = whole or (name == "head" and person.startswith(f"{homes.HEADED}-"))
            assert own or f"{amount:.2f}" not in body, (name, query, person)
    for person in list(amounts)[:12]:
        answer = client.get(f"{PEOPLE}/row/{person}")
        own = whole or (name == "head" and person.startswith(f"{homes.HEADED}-"))
        assert (answer.status_code == 200) is own, (name, person, answer.status_code)


def test_who_may_open_it_is_the_page_s_word(reader) -> None:
    """Roles that the page does not name get no page, and no line in the navigation."""
    for name in ("president", "office", "finance", "auditor", "head"):
        assert reader(name).get(PEOPLE).status_code == 200, name
        assert "/tables/township_people" in text_of(reader(name).get("/tables/township_units")), (
            name
        )
    for name in ("nurse", "it", "county"):
        assert reader(name).get(PEOPLE).status_code == 403, name
        assert "/tables/" not in text_of(reader(name).get("/")), name


def test_a_head_sees_his_department_alone_and_filters_offer_nothing_else(reader) -> None:
    body = text_of(reader("head").get(UNITS))
    assert body.count("<tr>") == 2  # the heading and one row
    listed = re.search(r'<select id="f-kind".*?</select>', body)
    assert listed
    assert listed[0].count("<option") == 2


def test_the_table_is_narrowed_and_put_in_order(reader) -> None:
    """By a choice and by a text; by a column up and down, rows without a value last."""
    office = reader("office")
    whole = text_of(office.get(UNITS))
    kind = re.findall(r'<option value="([^"]+)">', whole)[0]
    some = text_of(office.get(UNITS, query_string={"f-kind": kind}))
    assert (
        0 < len(re.findall(r'<th scope="row">', some)) < len(re.findall(r'<th scope="row">', whole))
    )
    falling = text_of(office.get(f"{UNITS}?sort=distributable&desc=1"))
    found = re.findall(r'/distributable">\s*([−\d,.]+)\s*</a>', falling)
    given = [Decimal(v.replace(",", "").replace("−", "-")) for v in found]
    assert given == sorted(given, reverse=True)
    assert len(given) > 5
    assert 'aria-sort="descending"' in falling
    assert "没有符合筛选的行" in text_of(office.get(f"{PEOPLE}?f-name=zzzz"))


def test_what_is_not_declared_is_not_there(portal_home, login, app) -> None:
    """An unknown page is 404; so is every page of a plugin that is not enabled."""
    office = login("office")
    assert office.get("/tables/nothing").status_code == 404
    assert office.get("/tables/mongolian_departments").status_code == 404
    assert "mongolian" not in text_of(office.get("/"))
    assert office.get(f"{PEOPLE}/row/nobody").status_code == 404


def test_a_page_of_a_scheme_without_results_says_so(portal_home: Home, tmp_path: Path) -> None:
    """The plugin is enabled, nothing of it is stored yet."""
    file = portal_home.file
    file.write_text(
        file.read_text("utf-8").replace('["township"]', '["township", "specialty_mongolian"]'),
        "utf-8",
    )
    made = create_app(PortalSettings.of(Home.open(portal_home.folder)))
    client = made.test_client()
    from portal_forms import send

    send(client, "/login", {"login": "office", "password": homes.PASSWORD})
    assert "还没有结果" in text_of(client.get("/tables/mongolian_departments"))
    assert "mongolian_departments" not in text_of(client.get("/"))  # nothing stored of it
    with writing(made.extensions["hpf"].engine) as session:
        first = session.query(Cycle).one()
        session.add(Cycle(hospital_id=first.hospital_id, scheme="mongolian", period=first.period,
                          state="plan", run_id=None, pay_first=False, calendar={}))  # fmt: skip
        session.commit()
    client.get("/?scheme=township")
    folded = re.search(r"<details class=.under.*?</details>", text_of(client.get("/calculate/")))
    assert folded
    assert "mongolian_departments" in folded[0]
    assert "township_people" not in folded[0], "the page's own scheme is folded away"
    assert " open>" not in folded[0].partition("<summary>")[0]
    for path in ("/entry/forms/mongolian_stores", "/tables/mongolian_departments"):
        moved = client.get(path)  # whatever scheme one was at
        assert moved.headers["Location"].endswith(f"{path}?scheme=mongolian"), path
        client.get("/?scheme=township")
    assert "科室领用" in text_of(client.get("/entry/forms/mongolian_stores?scheme=mongolian"))
    made.extensions["hpf"].engine.dispose()


def test_the_home_page_has_the_hospital_s_panel_for_whom_its_sums_are_open(reader) -> None:
    for name in ("office", "president", "county"):
        assert "全院收支与发放" in text_of(reader(name).get("/")), name
    for name in ("head", "nurse", "it"):
        assert "全院收支与发放" not in text_of(reader(name).get("/")), name


def test_a_panel_has_its_chart_its_figures_and_their_derivations(reader) -> None:
    body = text_of(reader("office").get("/"))
    panel = re.search(r'<section class="card panel".*?</section>', body)
    assert panel
    assert 'role="img"' in panel[0]
    assert re.search(r'href="/derivation/\d+/hospital/H1/total_paid"', panel[0])


def test_the_department_s_panel_shows_months_of_that_department(reader) -> None:
    body = text_of(reader("head").get("/department/"))
    panel = re.search(r'<section class="card panel".*?</section>', body)
    assert panel
    assert "可分配金额" in panel[0]
    assert f"/department/{homes.HEADED}/distributable" in panel[0]


def test_one_s_pay_has_the_rows_that_lead_to_oneself(portal_home: Home, login) -> None:
    """The nurse's posts and no others, once the period is public."""
    put_at(portal_home, "publicise")
    body = text_of(login("nurse").get("/mine/"))
    panel = re.search(r'<section class="card panel".*?</section>', body)
    assert panel
    assert "我的岗位" in panel[0]
    posts = set(re.findall(r"/derivation/\d+/post/([^/]+)/", panel[0]))
    assert posts
    assert all(p.startswith(homes.PERSON["nurse"]) for p in posts)


def test_bars_draw_what_is_there(reader, made_home: Path) -> None:
    """The figure in a panel is the sealed one."""
    home = Home.open(made_home)
    engine = home.engine()
    with reading(engine) as session:
        run = latest_run(session, home.hospital(session), "township", homes.PERIOD)
        value = load_run(session, run.id).value("hospital", "H1", "total_paid")
    engine.dispose()
    assert isinstance(value, Decimal)
    assert money(value) in text_of(reader("office").get("/"))


def test_a_panel_of_a_plugin_is_checked_before_anything_is_drawn(made_home: Path) -> None:
    """What the township declares names what its scheme has: it loads."""
    plugins = Home.open(made_home).loaded()
    assert {p.where for p in plugins.panels} == {"home", "pay", "department"}
    assert replace(plugins.panels[0], code="x").code == "x"
