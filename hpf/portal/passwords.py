"""One-time passwords: of new accounts and reset ones, shown this once and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hpf.portal.access import me
from hpf.portal.database import desk
from hpf.storage.models import Staff
from hpf.storage.people import create_user


@dataclass(frozen=True, slots=True)
class Issued:
    """A password that is shown this once."""

    login: str
    name: str
    password: str


def issue(changing: Session, person: Staff) -> Issued:
    """A new account for a person of the register; the login is the staff code."""
    _, password = create_user(
        changing, person.code, person.name, by=me().login,
        hospital=desk().settings.home.hospital_code, staff=person.id,
    )  # fmt: skip
    return Issued(person.code, person.name, password)
