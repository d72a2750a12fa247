"""A made-up county's home for `hpf demo county`: bureau, accounts, experts, two years' data.

Everything in it is synthetic, and a file in it says so.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.kit.programs import Programs
from hpf.core.parameter_files import read_yaml
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake.atomic import write_text
from hpf.receiving import keep, receive
from hpf.runs import seal_period
from hpf.storage.audit import record
from hpf.storage.configuration import set_parameters
from hpf.storage.engine import connect, writing
from hpf.storage.home import Home, write_toml
from hpf.storage.keys import make_keys
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital
from hpf.storage.people import create_user, grant
from hpf.workflow.acting import Act
from hpf.workflow.assessments_people import add_experts, speak_for
from hpf_cli.configure import decisions_in
from hpf_cli.samples import CONFIG

SCHEME, PLUGIN = "county_public", "county_public"
LAST_YEAR, YEAR = Period.parse("2025"), Period.parse("2026")
CODE, NAME = "DEMO-COUNTY", "示例县卫生健康局（合成数据）"
ADMIN, GROUP, CITY = "admin", "county1", "county2"
PASSWORDS = "SYNTHETIC-passwords.txt"
HOSPITALS = {"h1": "H1", "h2": "H2", "h3": "H3"}  # account -> the hospital it speaks for
CLINICAL, CARE, MANAGING = "临床", "护理", "医院管理"
# code, speciality, employer: some work at assessed hospitals, and may not be drawn
POOL = (
    ("E01", CLINICAL, "H1"), ("E02", CLINICAL, ""), ("E03", CLINICAL, ""), ("E04", CLINICAL, ""),
    ("E05", CLINICAL, "H2"), ("E06", CLINICAL, ""), ("E07", CARE, ""), ("E08", CARE, "H3"),
    ("E09", CARE, ""), ("E10", CARE, ""), ("E11", MANAGING, ""), ("E12", MANAGING, ""),
    ("E13", MANAGING, ""), ("E14", MANAGING, "H1"),
)  # fmt: skip
_MARK = (
    "# SYNTHETIC：演示用的合成账号，口令只写在这里，首次登录须更改。\n"
    "# Accounts of the demo's made-up county; each password is changed at the first login.\n"
)


@dataclass(frozen=True, slots=True)
class County:
    """The county's home with its database open. judged: what the sample says of items that experts
    mark (item -> points off, how it was seen), which is left out of the imported table."""

    home: Home
    engine: Engine
    programs: Programs
    plan: OutsideAssessment
    hospital: int
    judged: dict[str, tuple[str, str]]

    @property
    def program(self) -> Program:
        """The county's scheme."""
        return self.programs[SCHEME]


def moment(day: str) -> dt.datetime:
    """Nine in the morning in China, of a day of the made-up year."""
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(1), dt.UTC)


def make_county(folder: Path, lang: str, url: str = "") -> County:
    """A home in `folder` with everything an assessment needs before it is opened.

    url: of an empty database; a file in the folder where it is not said.
    """
    folder.mkdir(parents=True)
    home = Home(folder, CODE, NAME, (PLUGIN,), url or f"sqlite:///{folder / 'hpf.db'}",
                folder / "keys", lang)  # fmt: skip
    home.keys.mkdir(mode=0o700)
    make_keys(home.keys)
    write_text(home.file, write_toml(home, url) if url else write_toml(home))
    loaded = home.loaded()
    programs, plan = home.programs(), next(a for a in loaded.assessments if a.scheme == SCHEME)
    engine = connect(home.url)
    upgrade(engine)
    if os.name == "posix" and (file := home.database_file()):
        file.chmod(0o600)
    sample = programs[SCHEME].folder / "sample"
    with writing(engine) as session:
        made = Hospital(code=CODE, name=NAME)
        session.add(made)
        session.flush()
        hospital = made.id
        record(session, ADMIN, "hospital.created", f"hospital:{CODE}",
               {"name": NAME, "synthetic": True}, hospital=CODE)  # fmt: skip
        decided = read_yaml(sample / CONFIG)
        set_parameters(session, hospital, programs, decisions_in(decided), by=GROUP)
        passwords = _accounts(session, hospital)
        act = Act(session, hospital, GROUP, moment("2026-01-05"))
        add_experts(act, [(code, f"示例专家{code[1:]}", what, where, code.lower())
                          for code, what, where in POOL])  # fmt: skip
        for account, unit in HOSPITALS.items():
            speak_for(act, account, unit)
        session.commit()
    lines = "".join(f"{login}\t{word}\n" for login, word in passwords.items())
    write_text(folder / PASSWORDS, _MARK + lines)
    (folder / PASSWORDS).chmod(0o600)
    files = folder / "files"
    judged = without_marks(sample / str(YEAR), files / str(YEAR))
    for period, place in ((LAST_YEAR, sample / str(LAST_YEAR)), (YEAR, files / str(YEAR))):
        shown = receive(engine, hospital, programs[SCHEME], period, place)
        keep(engine, shown, by=GROUP, reason="合成数据 / synthetic")
    seal_period(engine, programs, hospital, SCHEME, LAST_YEAR, by=GROUP)
    return County(home, engine, programs, plan, hospital, judged)


def without_marks(sample: Path, folder: Path) -> dict[str, tuple[str, str]]:
    """A year of the sample as the county imports it before anybody has marked: without what is
    taken off judged items. Returns what was left out: item -> points off, how it was seen."""
    folder.mkdir(parents=True)
    judged = {}
    for path in sorted(sample.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        if path.stem == "item":
            at = {name: n for n, name in enumerate(rows[0])}
            for row in rows[2:]:
                if row[at["deductions"]]:
                    judged[row[at["id"]]] = (row[at["deductions"]], row[at["assessed_by"]])
                    for column in ("deductions", "assessed_by", "evidence"):
                        row[at[column]] = ""
        with (folder / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    return judged


def _accounts(session: Session, hospital: int) -> dict[str, str]:
    """Who acts, with their first passwords: administrator, group and city, experts, hospitals."""
    roles = {ADMIN: ("信息科", "it"), GROUP: ("考核小组", "assessor"),
             CITY: ("考核小组（市级联络）", "assessor")}  # fmt: skip
    roles |= {code.lower(): (f"示例专家{code[1:]}", "expert") for code, _, _ in POOL}
    roles |= {account: (f"被考核医院 {unit}", "assessed") for account, unit in HOSPITALS.items()}
    found = {}
    for login, (name, role) in roles.items():
        user, found[login] = create_user(session, login, name, by=ADMIN, hospital=CODE)
        grant(session, user, role, hospital=hospital, by=ADMIN)
    return found
