"""The server killed as a power cut would, in the midst of importing, sealing, paying: after the
next start the state is whole, what broke off is told so, and can be begun again."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import portal_homes as homes
import pytest
from openpyxl import load_workbook
from portal_posted import put_at
from sqlalchemy import func, select

from hpf.receiving import keep, receive
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import kept_heads, public_key
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import Import, Job, PayoutBatch, StoredRun
from hpf.storage.replay import verify_run

pytestmark = pytest.mark.slow
WAIT = 240  # seconds until a server answers, on a busy machine


class Browser:
    """Keeps cookies, sends forms with their token; None where the server died over it."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def ask(self, path: str, data: bytes | None = None, kind: str = "") -> tuple[int, str] | None:
        heads = {"Content-Type": kind} if kind else {}
        asked = urllib.request.Request(self.base + path, data, heads)
        try:
            with self.opener.open(asked, timeout=WAIT) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode("utf-8", "replace")
        except OSError:
            return None

    def get(self, path: str) -> str:
        answer = self.ask(path)
        assert answer is not None
        assert answer[0] == 200, answer
        return answer[1]

    def token(self, path: str) -> str:
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path))[1]

    def send(self, path: str, page: str, **fields: str) -> tuple[int, str] | None:
        data = {"csrf_token": self.token(page), **fields}
        return self.ask(path, urllib.parse.urlencode(data).encode())

    def upload(self, file: Path) -> tuple[int, str] | None:
        parts = {"csrf_token": self.token("/collect/upload").encode(), "extent": b"whole"}
        body = b"".join(
            f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n'.encode() + v + b"\r\n"
            for n, v in parts.items()
        )
        head = 'Content-Disposition: form-data; name="file"; filename="x.xlsx"\r\n\r\n'
        body += b"--b\r\n" + head.encode() + file.read_bytes() + b"\r\n--b--\r\n"
        return self.ask("/collect/upload", body, "multipart/form-data; boundary=b")


@contextmanager
def served(home: Home, fault: str = "") -> Iterator[tuple[subprocess.Popen[bytes], Browser]]:
    """`hpf serve` in a process of its own; it dies where `fault` says."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = (home.folder / "server.log").open("ab")
    command = [sys.executable, "-m", "hpf_cli", "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--home", str(home.folder)], stdout=log, stderr=log,
        env={**os.environ, "HPF_FAULT": fault},
    )  # fmt: skip
    try:
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            assert process.poll() is None, (home.folder / "server.log").read_text()[-2000:]
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield process, Browser(port)
    finally:
        process.kill()
        process.wait(WAIT)
        log.close()


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Home:
    shutil.copytree(made_home, tmp_path / "home")
    return Home.open(tmp_path / "home")


def entered(browser: Browser, name: str) -> Browser:
    answer = browser.send("/login", "/login", login=name, password=homes.PASSWORD)
    assert answer is not None
    assert answer[0] == 200
    return browser


def died(process: subprocess.Popen[bytes]) -> bool:
    return process.wait(WAIT) == -signal.SIGKILL


def counts(home: Home) -> tuple[int, int, int]:
    """Finished imports, sealed runs, batches; and everything there is holds."""
    engine = home.engine()
    kept = kept_heads(home.keys)  # before the state that is looked at: a server signs meanwhile
    with reading(engine) as session:
        found = tuple(
            session.scalar(select(func.count()).select_from(t).where(*w)) or 0
            for t, w in ((Import, [Import.digest.is_not(None)]),
                         (StoredRun, [StoredRun.seal.is_not(None)]), (PayoutBatch, []))
        )  # fmt: skip
        for run in session.scalars(select(StoredRun.id).where(StoredRun.seal.is_not(None))).all():
            assert verify_run(session, run).problems == ()
        found_wrong = verify(session, public_key(home.keys), kept).problems
    engine.dispose()
    assert found_wrong == ()
    return found


@pytest.mark.parametrize("fault", ["run.results:20", "run.before_commit", "run.committed"])
def test_killed_while_it_seals(home: Home, fault: str) -> None:
    change_one(home)
    before = counts(home)
    with served(home, fault) as (process, browser):
        entered(browser, "office")
        browser.send("/calculate/seal", "/calculate/")
        assert died(process)
    sealed = before[1] + (fault == "run.committed")
    assert counts(home) == (before[0], sealed, before[2])
    with served(home) as (_, browser):
        entered(browser, "office")
        engine = home.engine()
        with reading(engine) as session:
            job = session.scalars(select(Job).order_by(Job.id.desc())).first()
            assert (job.state, job.outcome) == ("failed", {"lost": True}), "no list says it goes on"
        engine.dispose()
        told = browser.ask(f"/calculate/progress/{job.id}")
        assert told is not None
        assert "计算中断了" in told[1]
        again = browser.send("/calculate/seal", "/calculate/")
        assert again is not None
        until = time.monotonic() + WAIT
        while counts(home)[1] == before[1] and time.monotonic() < until:
            time.sleep(0.5)
    assert counts(home) == (before[0], before[1] + 1, before[2])


def change_one(home: Home) -> None:
    """A figure of September differs, so that sealing has something to do."""
    folder = home.folder.parent / "changed"
    shutil.copytree(homes.SAMPLE / str(homes.PERIOD), folder)
    file = folder / "post.csv"
    with file.open(encoding="utf-8-sig", newline="") as opened:
        head, *rest = list(csv.reader(opened))
    at = head.index("workload_ratio")
    for line in rest:
        line[at] = "1.11" if line[0] == "K02-1@K02" else line[at]
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows([head, *rest])
    engine = home.engine()
    with reading(engine) as session:
        hospital = home.hospital(session)
    shown = receive(engine, hospital, home.programs()["township"], homes.PERIOD, folder)
    assert keep(engine, shown, by="office") is not None
    engine.dispose()


@pytest.mark.parametrize("fault", ["payout.after_lines", "payout.before_commit"])
def test_killed_while_it_pays(home: Home, fault: str) -> None:
    run, before = put_at(home, "final"), counts(home)
    with served(home, fault) as (process, browser):
        entered(browser, "finance")
        browser.send("/pay/make", "/pay/", run=str(run), cash="1")
        assert died(process)
    assert counts(home) == before, "no batch, and no half of one"
    with served(home) as (_, browser):
        entered(browser, "finance")
        made = browser.send("/pay/make", "/pay/", run=str(run), cash="1")
        assert made is not None
        assert made[0] == 200
        twice = browser.send("/pay/make", "/pay/", run=str(run), cash="1")
        assert twice is not None
        assert twice[0] == 422
    assert counts(home) == (before[0], before[1], before[2] + 1)


@pytest.mark.parametrize("fault", ["import.after_rows", "import.before_commit"])
def test_killed_while_it_imports(home: Home, fault: str) -> None:
    before = counts(home)
    with served(home, fault) as (process, browser):
        entered(browser, "office")
        shown = browser.upload(changed_book(home, browser))
        assert shown is not None
        assert shown[0] == 200
        waiting = shown[1].split('name="token" value="')[1].split('"')[0]
        browser.send("/collect/confirm", "/collect/upload", token=waiting, reason="x")
        assert died(process)
    assert counts(home) == before
    with served(home) as (_, browser):
        entered(browser, "office")
        done = browser.send("/collect/confirm", "/collect/upload", token=waiting, reason="x")
        assert done is not None, "what waited waits still, and is confirmed once more"
        assert done[0] == 200
    assert counts(home) == (before[0] + 1, *before[1:])


def changed_book(home: Home, browser: Browser) -> Path:
    """The month's workbook as the server gives it out, with one figure changed."""
    path = home.folder.parent / "book.xlsx"
    with browser.opener.open(browser.base + "/collect/template.xlsx?filled=1") as answer:
        path.write_bytes(answer.read())
    book = load_workbook(path)
    for sheet in book:
        heads = {c.value: c.column for c in sheet[1]}
        if "workload_ratio" in heads:
            row = next(r for r in sheet.iter_rows() if r[heads["id"] - 1].value == "K02-1@K02")
            sheet.cell(row[0].row, heads["workload_ratio"]).value = 1.11
    book.save(path)
    return path
