"""Every person's and department's amount gives away whoever shows it, with results out: in every
page, list, search, sort, export, detail, derivation and error, for every role and for nobody."""

from __future__ import annotations

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import portal_homes as homes
import portal_october
import pytest
from flask.testing import FlaskClient
from portal_forms import send
from portal_posted import put_at

from hpf.portal import PortalSettings, create_app
from hpf.portal.rights import ACTS, Act, Role
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.runs import latest_run, payouts_of

pytestmark = pytest.mark.slow
MONTHS = (homes.PERIOD, portal_october.OCTOBER)
PERIODS = ("?period=2026-09", "?period=2026-10")
LISTS = ("?search=K0", "?sort=1&desc=1", "?page_size=100")
Canaries = dict[Decimal, tuple[str, str]]  # amount -> person's code or '', department's code


@pytest.fixture(scope="module")
def published(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with September final, October posted, and an appeal of the nurse's."""
    folder = tmp_path_factory.mktemp("canaries") / "home"
    shutil.copytree(made_home, folder)
    home = Home.open(folder)
    portal_october.seal(home, folder.parent / "october")
    put_at(home, "final")
    put_at(home, "publicise", period=portal_october.OCTOBER)
    return folder


@pytest.fixture(scope="module")
def canaries(published: Path) -> Canaries:
    """Amounts that are one person's or one department's alone, in both months together."""
    home = Home.open(published)
    engine = home.engine()
    units = {r["id"]: r["department"] for r in homes.rows("staff")}
    found: list[tuple[Decimal, tuple[str, str]]] = []
    with reading(engine) as session:
        hospital = home.hospital(session)
        for period in MONTHS:
            sums: dict[str, Decimal] = defaultdict(Decimal)
            paid = payouts_of(session, latest_run(session, hospital, "township", period))
            for person, amount in paid.items():
                if amount:
                    found.append((amount.quantize(Decimal("0.01")), (person, units[person])))
                    sums[units[person]] += amount
            found += [(v.quantize(Decimal("0.01")), ("", u)) for u, v in sums.items()]
    engine.dispose()
    times = Counter(amount for amount, _ in found)
    made = {amount: whose for amount, whose in found if times[amount] == 1}
    assert len(made) > 100
    return made


@pytest.fixture(scope="module")
def clients(published: Path) -> Iterator[dict[str, FlaskClient]]:
    """A browser for each role, and one for nobody."""
    settings = replace(PortalSettings.of(Home.open(published)), page_rate="100000/minute")
    app = create_app(settings)
    found = {"": app.test_client()}
    for name in homes.ROLES:
        found[name] = app.test_client()
        data = {"login": name, "password": homes.PASSWORD}
        assert send(found[name], "/login", data).status_code == 302
    yield found
    app.extensions["hpf"].engine.dispose()


def addresses(client: FlaskClient) -> Iterator[str]:
    """Everything that can be asked for, with what people put into addresses."""
    rules = [r for r in client.application.url_map.iter_rules() if "GET" in r.methods]
    for rule in sorted(r.rule for r in rules if not r.arguments):
        if rule.endswith(("/new/", "/edit/", "/action/", "/ajax/lookup/")):
            continue  # of Flask-Admin, and of nobody's
        yield rule
        yield from (rule + part for part in (LISTS if rule.startswith("/admin/") else PERIODS))
        if rule.endswith("/details/"):
            yield from (f"{rule}?id={n}" for n in range(1, 9))
    for rule in sorted(r.rule for r in rules if r.rule.endswith("/export/<export_type>/")):
        yield rule.replace("<export_type>", "csv")
    for person in ("K02-1", "K03-2", "K01-1"):
        for run in (1, 2):
            yield f"/derivation/{run}/staff/{person}/paid"
            yield f"/derivation/{run}/staff/{person}/paid/why"
    for unit in ("K01", "K02", "K03"):
        yield f"/department/?unit={unit}"
        yield f"/calculate/2/unit/{unit}"


def may_see(name: str, person: str, unit: str) -> bool:
    """Whether an amount may stand before somebody's eyes."""
    role = homes.ROLES.get(name)
    if role in ACTS[Act.RESULTS]:
        return True
    if role is Role.HEAD and unit == homes.HEADED:
        return True
    own = homes.PERSON.get(name, "")
    if person:
        return person == own
    return bool(own) and own.split("-")[0] == unit  # the board gives a department its own sum


@pytest.mark.parametrize("name", ["", *homes.ROLES])
def test_no_amount_of_others_is_anywhere(clients, canaries: Canaries, name: str) -> None:
    client = clients[name]
    forbidden = {f"{a:.2f}": w for a, w in canaries.items() if not may_see(name, *w)}
    pattern = re.compile(r"(?<![\d.])\d+\.\d\d(?!\d)")
    shown: list[tuple[str, str, tuple[str, str]]] = []
    for path in addresses(client):
        answer = client.get(path)
        assert answer.status_code not in (429, 500), path
        body = answer.data.decode("utf-8", "replace").replace(",", "")
        shown += [(path, t, forbidden[t]) for t in set(pattern.findall(body)) & forbidden.keys()]
    assert not shown
    if name == "nurse":
        own = next(a for a, w in canaries.items() if w[0] == homes.PERSON["nurse"])
        assert f"{own:,.2f}" in "".join(
            client.get(f"/mine/?period={p}").get_data(as_text=True) for p in MONTHS
        ), "one's own is there: the amounts are looked for as they are written"
