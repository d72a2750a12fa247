"""The database in a request: one reading session, and writing ones that commit whole or not at all.

session().scalar(…)                  # one unchanging state until the request ends
with writing() as session: …         # committed at the end; an exception leaves nothing
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hpf.core.kit.manager import Plugins
from hpf.core.kit.programs import Programs
from hpf.portal.settings import PortalSettings
from hpf.storage import engine as storage

_NAME = "hpf"


@dataclass
class Desk:
    """What an application has at hand: its settings, its engine, the schemes of its plugins."""

    settings: PortalSettings
    engine: Engine

    @cached_property
    def programs(self) -> Programs:
        """The schemes of the enabled plugins, each built when asked for."""
        return self.settings.home.programs()

    @cached_property
    def declared(self) -> Plugins:
        """What the enabled plugins declare beside schemes: pages, forms, panels."""
        return self.settings.home.loaded()

    @cached_property
    def hospital(self) -> int:
        """The id of the home's hospital."""
        with storage.reading(self.engine) as session:
            return self.settings.home.hospital(session)


def install(app: Flask, settings: PortalSettings) -> None:
    """Give the application its desk, and close sessions when a request ends."""
    app.extensions[_NAME] = Desk(settings, settings.home.engine())
    app.teardown_appcontext(lambda _: _close())


def desk() -> Desk:
    """The desk of the application that answers now."""
    found = current_app.extensions[_NAME]
    assert isinstance(found, Desk)
    return found


def session() -> Session:
    """The request's reading session. What a writing one changed since, it does not see."""
    if "hpf_reading" not in g:
        stack = ExitStack()
        g.hpf_reading = (stack, stack.enter_context(storage.reading(desk().engine)))
    found: Session = g.hpf_reading[1]
    return found


@contextmanager
def writing() -> Iterator[Session]:
    """A session that commits at the end; afterwards the request reads anew."""
    with storage.writing(desk().engine) as made:
        yield made
        made.commit()
    _close()


def _close() -> None:
    held = g.pop("hpf_reading", None)
    if held is not None:
        held[0].close()
