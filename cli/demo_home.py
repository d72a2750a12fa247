"""A made-up hospital's home for the demo: folder, keys, database, people, accounts, ceilings.

Everything in it is synthetic, and a file in it says so.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, select

from hpf.core.facts import Facts
from hpf.core.kit.programs import Programs
from hpf.core.organisation import Person, Placement, Register, Unit
from hpf.core.parameter_files import read_yaml
from hpf.core.program import Program
from hpf.intake.accounts import read_accounts
from hpf.intake.atomic import write_text
from hpf.intake.register import read_register, write_register
from hpf.storage.audit import record
from hpf.storage.configuration import set_parameters
from hpf.storage.engine import connect, writing
from hpf.storage.home import Home, write_toml
from hpf.storage.keys import make_keys
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, Staff
from hpf.storage.organisation import save_register
from hpf.storage.people import create_user, grant
from hpf.storage.secrets import AccountKeys, set_account
from hpf_cli.configure import decisions_in
from hpf_cli.samples import CONFIG, Sample, config_of

CODE, NAME = "DEMO", "示例卫生院（合成数据）"
ADMIN, DIRECTOR, OFFICE, CLERK = "admin", "director", "office", "clerk"
HEADS = ("head1", "head2")  # each speaks for half of the departments, and sits on the committee
MEMBERS = (*HEADS, "member1", "member2", "member3")
REGISTER, ACCOUNTS, PASSWORDS = "register.xlsx", "accounts.csv", "SYNTHETIC-passwords.txt"
_ROLES = {DIRECTOR: "management", OFFICE: "hr", CLERK: "hr"}
_NAMES = {ADMIN: "信息科", DIRECTOR: "院长", OFFICE: "绩效办", CLERK: "绩效办（经办）"}
_OPENED = dt.date(1990, 1, 1)
_MARK = (
    "# SYNTHETIC：演示用的合成账号，口令只写在这里，首次登录须更改。\n"
    "# Accounts of the demo's made-up hospital; each password is changed at the first login.\n"
)


@dataclass(frozen=True, slots=True)
class Made:
    """The home with its database open. units: departments in order; hospital: its id."""

    home: Home
    engine: Engine
    programs: Programs
    hospital: int
    units: tuple[str, ...]
    values: int
    accounts: int

    def head_of(self, unit: str) -> str:
        """The account that speaks for a department."""
        return head_of(unit, self.units)


def head_of(unit: str, units: Sequence[str]) -> str:
    """The account that speaks for one of the departments, in their order.

    >>> [head_of(u, ("A", "B", "C")) for u in "ABC"]
    ['head1', 'head1', 'head2']
    """
    return HEADS[units.index(unit) * len(HEADS) // len(units)]


def make_home(folder: Path, programs: Programs, plugin: str, sample: Sample, lang: str) -> Made:
    """A home in `folder` with everything a month needs before its facts come in.

    plugin: the one the sample's scheme belongs to. Raises HpfError where the sample does not fit.
    """
    folder.mkdir()
    home = Home(folder, CODE, NAME, (plugin,), f"sqlite:///{folder / 'hpf.db'}",
                folder / "keys", lang)  # fmt: skip
    home.keys.mkdir(mode=0o700)
    make_keys(home.keys)
    write_text(home.file, write_toml(home))
    (folder / "files").mkdir()
    engine = connect(home.url)
    upgrade(engine)
    if os.name == "posix":
        (folder / "hpf.db").chmod(0o600)
    hospital = _hospital(engine, plugin)
    values = _configure(engine, hospital, programs, sample.program)
    facts = sample.facts()
    register = _register(engine, hospital, folder / "files" / REGISTER, facts, lang)
    paid = _accounts(engine, hospital, home.keys, folder / "files" / ACCOUNTS, register)
    passwords = _people(engine, hospital, register.units)
    lines = "".join(f"{login}\t{word}\n" for login, word in passwords.items())
    write_text(folder / PASSWORDS, _MARK + lines)
    (folder / PASSWORDS).chmod(0o600)
    return Made(home, engine, programs, hospital, tuple(register.units), values, paid)


def _hospital(engine: Engine, plugin: str) -> int:
    with writing(engine) as session:
        made = Hospital(code=CODE, name=NAME)
        session.add(made)
        session.flush()
        detail = {"name": NAME, "plugins": [plugin], "synthetic": True}
        record(session, ADMIN, "hospital.created", f"hospital:{CODE}", detail, hospital=CODE)
        session.commit()
        return made.id


def _configure(engine: Engine, hospital: int, programs: Programs, program: Program) -> int:
    """What the sample's configuration decides; returns how many values."""
    config = config_of(program)
    if config is None:
        return 0
    data = read_yaml(config)
    decided = decisions_in(data if isinstance(data, Mapping) else {})
    with writing(engine) as session:
        entered = set_parameters(session, hospital, programs, decided, by=DIRECTOR)
        session.commit()
    return len(entered)


def _register(engine: Engine, hospital: int, path: Path, facts: Facts, lang: str) -> Register:
    """Departments and people as a workbook, read back and saved."""
    write_register(path, register_of(facts), lang)
    given, problems, _ = read_register(path)
    assert not problems, problems  # what was written reads back
    with writing(engine) as session:
        save_register(session, hospital, Register(), given, by=OFFICE, reason=CONFIG)
        session.commit()
    return given


def register_of(facts: Facts) -> Register:
    """The organisation that a sample's facts speak of: its posts where it has such, with shares."""
    units = {
        row["id"]: Unit(row["id"], row.get("name") or row["id"], _OPENED)
        for row in facts.tables["department"].frame.iter_rows(named=True)
    }
    people, placements = {}, []
    posts: dict[str, list[tuple[str, str, Decimal]]] = {}
    if "post" in facts.tables:
        for row in facts.tables["post"].frame.iter_rows(named=True):
            share = Decimal(row["share"])
            posts.setdefault(row["staff"], []).append((row["unit"], row["role"], share))
    for row in facts.tables["staff"].frame.iter_rows(named=True):
        id = row["id"]
        joined = row.get("started_on") or facts.period.first_day
        people[id] = Person(id, row.get("name") or id, joined)
        title = row.get("title") or ""
        for unit, post, share in posts.get(id, [(row["department"], "", Decimal(1))]):
            placements.append(Placement(id, joined, unit, post or "", title, share))
    return Register(units, people, tuple(placements))


def _accounts(engine: Engine, hospital: int, keys: Path, path: Path, register: Register) -> int:
    """Made-up bank accounts by way of a list; all but the last person's, who is paid in cash."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("id", "account"))
    people = list(register.people)[:-1]
    rows.writerows((id, f"99{number:014d}") for number, id in enumerate(people, 1))
    write_text(path, out.getvalue())
    path.chmod(0o600)
    secret = AccountKeys.read(keys)
    with writing(engine) as session:
        query = select(Staff).where(Staff.hospital_id == hospital)
        known = {s.code: s for s in session.scalars(query)}
        for one in read_accounts(path):
            set_account(session, secret, known[one.id], one.number, OFFICE)
        session.commit()
    return len(people)


def _people(engine: Engine, hospital: int, units: Mapping[str, Unit]) -> dict[str, str]:
    """Who acts: the four parties and a committee; their passwords by login."""
    order = tuple(units)
    roles = [(ADMIN, "it", ""), *((login, role, "") for login, role in _ROLES.items())]
    roles += [(head_of(unit, order), "departments", unit) for unit in order]
    found = {}
    with writing(engine) as session:
        users = {}
        for login in dict.fromkeys((*(login for login, _, _ in roles), *MEMBERS)):
            users[login], found[login] = create_user(
                session, login, _NAMES.get(login, login), by=ADMIN, hospital=CODE
            )
        for login, role, unit in roles:
            grant(session, users[login], role, hospital=hospital, department=unit, by=ADMIN)
        session.commit()
    return found
