"""The county's year on PostgreSQL: the same figures, and a backup that goes back into SQLite."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))  # how a server is started

from servers import new_database, postgresql

from hpf.storage.backup import back_up, restore
from hpf.storage.engine import connect, reading
from hpf.storage.models import AssessmentEntry, Mark
from hpf_cli.demo_county_home import make_county
from hpf_cli.demo_county_year import tell_year

pytestmark = pytest.mark.slow


def test_the_whole_year_on_postgresql(tmp_path: Path) -> None:
    with postgresql() as server:
        county = make_county(tmp_path / "home", "zh", new_database(server, "county"))
        year = tell_year(county, lambda _: None)
        totals = [(u.id, u.total, u.paid) for u in year.results.units]
        back_up(county.engine, tmp_path / "backup", head=None)
        with reading(county.engine) as session:
            entries, marks = session.query(AssessmentEntry).count(), session.query(Mark).count()
        county.engine.dispose()
    here = make_county(tmp_path / "here", "zh")
    again = tell_year(here, lambda _: None)
    here.engine.dispose()
    assert [(u.id, u.total, u.paid) for u in again.results.units] == totals
    other = connect(f"sqlite:///{tmp_path / 'other.db'}")
    restore(other, tmp_path / "backup")
    with reading(other) as session:
        assert session.query(AssessmentEntry).count() == entries == len(year.at.entries)
        assert session.query(Mark).count() == marks == 90
    other.dispose()
