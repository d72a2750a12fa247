"""A county for the portal's tests: experts drawn and hospitals visited, or the whole year."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import portal_homes as homes
import pytest
from flask.testing import FlaskClient
from portal_forms import send, token
from sqlalchemy import select

from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import reading, writing
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


class Site:
    """The portal of a county, with a clock that can be set."""

    def __init__(self, home: Home, patch: pytest.MonkeyPatch) -> None:
        self.app = create_app(PortalSettings.of(home))
        self.patch = patch
        self.clients: dict[str, FlaskClient] = {}

    def on(self, day: str) -> None:
        """Set the day for every page of the county."""
        set_clock(self.patch, day)

    def enter(self, name: str) -> FlaskClient:
        """A browser in which somebody is logged in."""
        if name not in self.clients:
            client = self.app.test_client()
            data = {"login": name, "password": homes.PASSWORD}
            assert send(client, "/login", data).status_code == 302
            self.clients[name] = client
        return self.clients[name]

    def text(self, name: str, path: str) -> str:
        """What somebody reads on a page."""
        answer = self.enter(name).get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return re.sub(r"\s+", " ", answer.get_data(as_text=True))

    def hand_in(self, name: str, path: str, file: tuple[str, bytes], page: str = "") -> Any:
        """Upload a file through the form of a page."""
        client = self.enter(name)
        data = {"csrf_token": token(client, page or path), "file": (io.BytesIO(file[1]), file[0])}
        return client.post(path, data=data, content_type="multipart/form-data")

    def rows(self, model: type) -> list[Any]:
        """All rows of a table."""
        with reading(self.app.extensions["hpf"].engine) as session:
            found = list(session.scalars(select(model).order_by(model.id)))
            session.expunge_all()
            return found


@contextmanager
def standing_site(folder: Path, patch: pytest.MonkeyPatch, day: str = "") -> Iterator[Site]:
    """The portal on a home, on a day; closed afterwards."""
    site = Site(Home.open(folder), patch)
    if day:
        site.on(day)
    yield site
    site.app.extensions["hpf"].engine.dispose()
