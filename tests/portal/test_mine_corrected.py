"""My pay: a later correction is told with its reason, old and new sum, and where it is paid."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import portal_homes as homes
import portal_october
import pytest
from portal_posted import put_at

from hpf.receiving import keep, receive
from hpf.reports.figures import change, money
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.supplements import supplement

NURSE = homes.PERSON["nurse"]
POST = f"{NURSE}@K02"
REASON = "八月夜班补录，申诉更正"


def page(client, query: str = "") -> str:
    return client.get(f"/mine/{query}").get_data(as_text=True)


@pytest.fixture
def corrected(portal_home: Home, tmp_path: Path) -> Decimal:
    """September corrected for the nurse's post, to be paid in October; her difference."""
    put_at(portal_home, "final")
    portal_october.seal(portal_home, tmp_path / "october")
    folder = tmp_path / "again"
    portal_october.shutil.copytree(homes.SAMPLE / str(homes.PERIOD), folder)
    table = folder / "post.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index("workload_ratio")
    for row in rows[2:]:
        if row[0] == POST:
            row[at] = str(Decimal(row[at]) - Decimal("0.06"))
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    engine, programs = portal_home.engine(), portal_home.programs()
    with reading(engine) as session:
        hospital = portal_home.hospital(session)
    shown = receive(engine, hospital, programs["township"], homes.PERIOD, folder)
    keep(engine, shown, by="office", path=None)
    made = supplement(
        engine, programs, hospital, "township", homes.PERIOD, by="office",
        pay_in=portal_october.OCTOBER, reason=REASON,
    )  # fmt: skip
    engine.dispose()
    rule = programs["township"].payout.name
    (own,) = [d for d in made.lines if (d.entity, d.id, d.rule) == ("staff", NURSE, rule)]
    return own.by


def test_it_stands_in_both_months_with_its_reason_and_the_sealed_sum_stays(
    portal_home, login, amounts, corrected: Decimal
) -> None:
    nurse = login("nurse")
    assert REASON not in page(nurse, "?period=2026-09"), "it is not settled yet: October is not out"
    put_at(portal_home, "publicise", period=portal_october.OCTOBER)
    old = amounts[NURSE]
    before = page(nurse, "?period=2026-09")
    assert f'<p class="huge">{money(old)}</p>' in before, "what was sealed is not changed"
    assert "本期已更正" in before
    assert f"原来 {money(old)} 元，更正后 {money(old + corrected)} 元" in before
    after = page(nurse, "?period=2026-10")
    assert f"补 {homes.PERIOD.say('zh')}" in after
    assert REASON in after
    assert change(corrected) in after
    assert "连同更正" in after
    october = Decimal(after.split('class="huge">')[1].split("<")[0].replace(",", ""))
    assert money(october + corrected) in after.split("连同更正")[1]
    opened = after.split("看更正后怎样算出")[0].rsplit('href="', 1)[1].split('"')[0]
    assert money(old + corrected) in nurse.get(opened).get_data(as_text=True)


def test_nobody_sees_the_difference_of_another(portal_home, login, corrected: Decimal) -> None:
    put_at(portal_home, "publicise", period=portal_october.OCTOBER)
    head = login("head")  # of another department, and paid as well
    assert REASON not in page(head, "?period=2026-10")
    assert change(corrected) not in page(head, "?period=2026-10")
