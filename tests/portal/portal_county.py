"""A county for the portal's tests: experts drawn and hospitals visited, or the whole year."""

from __future__ import annotations

from pathlib import Path

import portal_homes as homes
from sqlalchemy import select

from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import User
from hpf.storage.passwords import hash_password
from hpf_cli.demo_county_home import County, make_county
from hpf_cli.demo_county_year import told_until

MEMBERS = "E"  # how the codes of experts begin


def build(folder: Path, upto: str = "") -> Home:
    """The made-up county, up to and with a day of its year; all accounts with the tests' password.

    upto: as 2026-10-15; '' for the whole year.
    """
    county = make_county(folder, "zh")
    told_until(county, upto)
    _open(county)
    county.engine.dispose()
    return Home.open(folder)


def _open(county: County) -> None:
    kept = hash_password(homes.PASSWORD)
    with writing(county.engine) as session:
        for user in session.scalars(select(User)):
            user.password_hash, user.must_change = kept, False
        session.commit()
