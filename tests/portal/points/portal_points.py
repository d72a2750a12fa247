"""A community hospital whose ledger is open: agreed to, with a few entries in two departments."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow"))  # where the home is built

import community_home as homes

from hpf.storage.cycles import departments_on
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.ledgers import book_of
from hpf.workflow.acting import Act
from hpf.workflow.consensus import agree
from hpf.workflow.feedback import write
from hpf.workflow.honours import honour
from hpf.workflow.ledgers import open_book
from hpf.workflow.ledgers_adjust import adjust
from hpf.workflow.ledgers_entries import book_points

PERSONS = {u: (homes.first_of(u), homes.second_of(u)) for u in ("D01", "D02")}


def act(session, login: str = "office", at: dt.datetime = homes.JULY) -> Act:
    return Act(session, 1, login, at)


def open_ledger(empty: Path, folder: Path) -> Path:
    """A copy of the home with an open ledger: entries in two departments, an adjustment in one."""
    shutil.copytree(empty, folder)
    home = Home.open(folder)
    engine, program = home.engine(), home.programs()["community"]
    (ledger,) = home.loaded().ledgers
    with writing(engine) as session:
        agree(act(session, "president"), "community", homes.Q3, "hospital", "院长办公会")
        for unit in sorted(departments_on(session, 1, homes.Q3.first_day)):
            agree(act(session), "community", homes.Q3, "department", "科会", department=unit)
        agree(act(session), "community", homes.Q3, "staff", "职代会")
        open_book(act(session), ledger, program, homes.Q3)
        book = book_of(session, 1, "points", homes.Q3)
        assert book is not None
        for unit, (head, person) in PERSONS.items():
            day = dt.date(2026, 7, 3)
            book_points(act(session), book, person, "B01", day, f"随访 canary-{unit}")
            book_points(act(session), book, head, "M02", day, f"投诉 canary-head-{unit}")
        adjust(act(session, "head"), book, "", "B03", Decimal("4.4"), homes.JULY.date(), "旺季")
        session.commit()
    engine.dispose()
    return folder


def with_words(folder: Path) -> None:
    """A feedback that waits for its answer, and an honour."""
    engine = Home.open(folder).engine()
    with writing(engine) as session:
        write(act(session, "head"), "community", homes.Q3, PERSONS["D01"][1], "随访偏少")
        honour(act(session, "president"), "community", homes.Q3, PERSONS["D01"][1], "通报表扬",
               "夜间上门", False)  # fmt: skip
        session.commit()
    engine.dispose()
