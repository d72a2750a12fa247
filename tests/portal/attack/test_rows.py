"""Whose rows: heads of two departments, rights that come and go, and what a list gives away without
showing it."""

from __future__ import annotations

import logging
import re
import subprocess
from pathlib import Path

import portal_homes as homes
import pytest
from portal_forms import send
from sqlalchemy import select

from hpf.core.errors import HpfError
from hpf.storage.audit import record
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry
from hpf.storage.people import find_user, grant, revoke
from hpf_cli.serve import serve_home

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
SECRETS = re.compile(
    r"BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}"
    r"|\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{16}"
)


def test_a_head_of_two_departments_sees_both_and_no_third_until_one_is_taken(app, login) -> None:
    desk = app.extensions["hpf"]
    with writing(desk.engine) as session:
        hospital = desk.settings.home.hospital(session)
        grant(session, find_user(session, "head"), "departments", hospital=hospital,
              department="K03", by="it")  # fmt: skip
        session.commit()
    head = login("head")

    def opens(unit: str) -> tuple[int, int, int]:
        return (
            head.get(f"/department/?unit={unit}").status_code,
            head.get(f"/derivation/1/staff/{unit}-1/paid").status_code,
            head.get(f"/department/card/township/2026-09/{unit}x.pdf").status_code,
        )

    assert opens("K01")[:2] == opens("K03")[:2] == (200, 200)
    assert opens("K02") == (404, 404, 404)
    with writing(desk.engine) as session:
        revoke(session, find_user(session, "head"), "departments", hospital=hospital,
               department="K03", by="it")  # fmt: skip
        session.commit()
    assert opens("K03") == (404, 404, 404)
    assert opens("K01")[:2] == (200, 200)


def test_a_foreign_row_answers_as_one_that_is_not_there(login) -> None:
    """Nobody learns from an answer who is paid, or that there is such a person."""
    for name in ("head", "nurse", "it", "county", "expert"):
        client = login(name)
        for there, nowhere in (
            ("/derivation/1/staff/K04-1/paid", "/derivation/1/staff/K99-9/paid"),
            ("/mine/slip/township/2026-09/K04-1.pdf", "/mine/slip/township/2026-09/K99-9.pdf"),
            ("/department/?unit=K04", "/department/?unit=K99"),
            ("/ledger/paper/1", "/ledger/paper/99"),
            ("/county/evidence/1", "/county/evidence/99"),
            ("/calculate/progress/1", "/calculate/progress/99"),
            ("/entry/filed/1", "/entry/filed/99"),
        ):
            one, two = client.get(there), client.get(nowhere)
            assert one.status_code == two.status_code, (name, there)
            assert one.status_code in (302, 403, 404), (name, there)
            said = [a.get_data(as_text=True).partition("<main")[2] for a in (one, two)]
            assert said[0] == said[1], (name, there)


def test_what_is_not_shown_is_not_found_by_searching_or_sorting(app, login) -> None:
    """An amount in the details of an entry: IT sees the entry, and cannot ask for what is in it."""
    desk = app.extensions["hpf"]
    with writing(desk.engine) as session:
        record(session, "finance", "payout.made", "payout:P1", {"total": "98765.43"},
               hospital="H1")  # fmt: skip
        session.commit()
    it, auditor = login("it"), login("auditor")
    assert "98765.43" in auditor.get("/admin/audit/").get_data(as_text=True)
    listed = it.get("/admin/audit/").get_data(as_text=True)
    assert "payout.made" in listed
    for path in ("/admin/audit/", "/admin/audit/?search=98765", "/admin/audit/?sort=5&desc=1",
                 "/admin/audit/export/csv/", "/admin/audit/export/csv/?search=98765"):  # fmt: skip
        assert "98765.43" not in it.get(path).get_data(as_text=True), path
    assert "payout.made" not in it.get("/admin/audit/export/csv/?search=98765").get_data(
        as_text=True
    )
    order = [it.get(f"/admin/audit/?sort=5&desc={d}").get_data(as_text=True) for d in (0, 1)]
    rows = [re.findall(r"details/\?id=(\d+)", page) for page in order]
    assert rows[0] == rows[1], "a column that is hidden orders nothing"


def test_no_password_and_no_key_is_in_log_or_trail(app, login, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        client = login("it")
        send(app.test_client(), "/login", {"login": "office", "password": "my-typo-Secret-7"})
        page = send(client, "/counter/reset", {"login": "office"}, page="/counter/")
        made = re.search(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+){2,}", page.get_data(as_text=True))
    desk = app.extensions["hpf"]
    with reading(desk.engine) as session:
        trail = str([e.detail for e in session.scalars(select(AuditEntry))])
    secrets = [homes.PASSWORD, "my-typo-Secret-7", desk.settings.key.hex()]
    secrets += [made[0]] if made else []
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in trail


def test_no_secret_is_in_the_repository() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    found = []
    for name in filter(None, tracked):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 2_000_000:
            text = path.read_bytes().decode("utf-8", "ignore")
            found += [(name, m[0][:20]) for m in SECRETS.finditer(text) if path != Path(__file__)]
        assert path.suffix not in (".key", ".pem"), name
    assert not found


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "hpf.example.cn"])
def test_the_developers_server_listens_on_nothing_but_the_loopback(portal_home, host: str) -> None:
    with pytest.raises(HpfError) as stopped:
        serve_home(portal_home, host, 1, dev=True)
    assert stopped.value.problems[0].code.endswith("dev_open")
