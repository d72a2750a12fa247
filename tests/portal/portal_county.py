"""A county for the portal's tests: experts drawn and hospitals visited, or the whole year."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import portal_homes as homes
import pytest
from sqlalchemy import select

from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import User
from hpf.storage.passwords import hash_password
from hpf_cli.demo_county_home import County, make_county, moment
from hpf_cli.demo_county_year import told_until


def set_clock(patch: pytest.MonkeyPatch, day: str) -> None:
    """Set the day for every page of the county."""
    at = moment(day)
    for name, module in list(sys.modules.items()):
        if not name.startswith("hpf.portal.pages.county"):
            continue
        for clock, value in (("now", at), ("today", at.date())):
            if hasattr(module, clock):
                patch.setattr(module, clock, lambda value=value: value)


def prepare(folder: Path) -> County:
    """The made-up county before anything is opened, all accounts with the tests' password."""
    county = make_county(folder, "zh")
    kept = hash_password(homes.PASSWORD)
    with writing(county.engine) as session:
        for user in session.scalars(select(User)):
            user.password_hash, user.must_change = kept, False
        session.commit()
    county.engine.dispose()
    return county


def copied(county: County, folder: Path, upto: str = "") -> Home:
    """A copy of it, its year told up to and with a day, as 2026-10-15; the whole year for ''."""
    shutil.copytree(county.home.folder, folder)
    home = Home.open(folder)
    engine = home.engine()
    told_until(replace(county, home=home, engine=engine), upto)
    engine.dispose()
    return home
