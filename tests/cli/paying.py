"""A hospital's home with people, accounts and one sealed run, for the commands that pay."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))  # the sealed runs of those tests

from sealed import register, store, ward

from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.secrets import AccountKeys


def fill(folder: Path) -> int:
    """Register four people, three with an account; returns the number of a sealed run."""
    home = Home.open(folder)
    engine = home.engine()
    with writing(engine) as session:
        hospital = home.hospital(session)
        register(session, hospital, AccountKeys.read(home.keys))
        number = store(session, hospital, ward(folder)).id
        session.commit()
    engine.dispose()
    return number
