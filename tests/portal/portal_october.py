"""A second month of the sample: October, in which a department, a person and a post differ."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import portal_homes
from flask import Flask
from portal_posted import put_at

from hpf.core.periods import Period
from hpf.portal import PortalSettings, create_app
from hpf.receiving import keep, receive
from hpf.runs import seal_period
from hpf.storage.engine import reading
from hpf.storage.home import Home

OCTOBER = Period.parse("2026-10")
MORE = Decimal("4000.00")  # treatment income of K02, in the sums as well
Change = Callable[[dict[str, str]], None]


def write(folder: Path) -> Path:
    """The workbook folder of October."""
    shutil.copytree(portal_homes.SAMPLE / str(portal_homes.PERIOD), folder)
    for name in ("meta.csv", "leave.csv"):
        text = (folder / name).read_text("utf-8-sig").replace("2026-09", "2026-10")
        (folder / name).write_text(text, "utf-8-sig")
    _edit(folder / "income_sheet.csv", {"K02": _add("treatment", "stated_total")})
    _edit(folder / "hospital.csv", {"H1": _add("ledger_income")})
    _edit(folder / "department.csv", {"K02": _put(assessment_coefficient="0.98")})
    _edit(folder / "post.csv", {"K02-1@K02": _put(workload_ratio="1.09")})
    return folder


def seal(home: Home, folder: Path) -> None:
    """Import October and seal it."""
    engine, programs = home.engine(), home.programs()
    with reading(engine) as session:
        hospital = home.hospital(session)
    shown = receive(engine, hospital, programs["township"], OCTOBER, write(folder))
    keep(engine, shown, by="office", path=None)
    seal_period(engine, programs, hospital, "township", OCTOBER, by="office")
    engine.dispose()


@contextmanager
def both_public(made_home: Path, folder: Path) -> Iterator[Flask]:
    """The portal of a copy of a hospital in which September and October are public."""
    shutil.copytree(made_home, folder / "home")
    home = Home.open(folder / "home")
    seal(home, folder / "october")
    for period in (portal_homes.PERIOD, OCTOBER):
        put_at(home, "publicise", period=period)
    app = create_app(PortalSettings.of(home))
    yield app
    app.extensions["hpf"].engine.dispose()


def _add(*columns: str) -> Change:
    def change(row: dict[str, str]) -> None:
        for column in columns:
            if row[column]:
                row[column] = str(Decimal(row[column]) + MORE)

    return change


def _put(**cells: str) -> Change:
    return lambda row: row.update(cells)


def _edit(file: Path, changes: dict[str, Change]) -> None:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        table = list(csv.reader(opened))
    head, rest = table[0], table[1:]
    for line in rest:
        row = dict(zip(head, line, strict=False))
        if change := changes.get(row.get("id", "")):
            change(row)
            line[:] = [row[c] for c in head]
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows([head, *rest])
