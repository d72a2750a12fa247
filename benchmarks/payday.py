"""Pay day: 600 people log in within five minutes and open their slip, on the portal as served.

`hpf serve` runs in a process of its own over a home with the township's sample, its units repeated
under new ids; a new person comes every half a second and does what people do: the log-in page, the
password, one's home page, one's slip. Each slip has to bear its own person's amount. Then one
figure is taken apart on the derivation page. Log-in is told apart from the other pages: hashing a
password takes its time on purpose.
"""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.cookies import SimpleCookie
from pathlib import Path

from benchmarks import child
from benchmarks.payday_home import PASSWORD, Prepared, prepare
from benchmarks.servers import new_database, on_each
from benchmarks.sizes import Sizes
from benchmarks.table import Line, megabytes, seconds
from hpf.reports.figures import money

EVERY = 0.5  # seconds between two people
PAGE, DERIVATION = 0.3, 0.15  # seconds
FLAT = 10_000_000  # bytes that the second half may add
WARM = 20.0  # seconds from the start to the first person: results that are out are read meanwhile
AT_ONCE = 24  # people under way at the same time, at most
PAGES = ("log-in page", "home", "slip")


@dataclass(frozen=True, slots=True)
class Visit:
    """What a person met with: seconds of each page, and what went wrong."""

    took: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Server:
    """The portal at work."""

    port: int
    pid: int

    def held(self) -> int:
        """Bytes of memory that its process holds."""
        return child.held(self.pid)

    def used(self) -> float:
        """Processor seconds of its process so far; 0 where that is not told."""
        return child.used(self.pid)


def lines(sizes: Sizes) -> list[Line]:
    """On SQLite and, where its programs and driver are there, on PostgreSQL."""
    return on_each("pay day", sizes, lambda name, server: _measured(name, server, sizes.people))


def _measured(name: str, server: str, people: int) -> list[Line]:
    url = new_database(server) if server else ""
    with tempfile.TemporaryDirectory() as folder:
        made = prepare(Path(folder), url, people)
        with serving(made.home) as portal:
            time.sleep(WARM if people >= 100 else 0.0)  # a small run measures nothing
            start, used, clock = portal.held(), portal.used(), time.perf_counter()
            visits, held = pay_day(portal, made)
            took, used = time.perf_counter() - clock, portal.used() - used
            opened, wrong = derivations(portal, made)
    errors = [w for v in visits for w in v.wrong] + wrong
    what = f"pay day, {len(visits)} people, {name}"
    said = f"the first: {errors[0]}" if errors else f"in {seconds(took)}"
    return [
        Line(f"{what}: errors", str(len(errors)), said, None, "<= 0", not errors),
        Line("  processor time of the portal, a person", seconds(used / len(visits))),
        *_first(visits),
        *_pages(what, visits),
        _memory(what, start, held),
        *_derivation(what, opened),
    ]


def _first(visits: Sequence[Visit]) -> Iterator[Line]:
    """Nobody waits for the run to be read, not even who comes first."""
    if visits and "slip" in visits[0].took:
        yield Line("  the first slip of all", seconds(visits[0].took["slip"]))


def _pages(what: str, visits: Sequence[Visit]) -> Iterator[Line]:
    for page in (*PAGES, "password checked"):
        times = [v.took[page] for v in visits if page in v.took]
        if times:
            yield Line(f"  {page}: p50 (ours), p95 (other)", seconds(part(times, 50)),
                       seconds(part(times, 95)))  # fmt: skip
    times = [v.took[p] for v in visits for p in PAGES if p in v.took]
    slow = part(times, 95) if times else float("inf")
    yield Line(f"{what}: p95 of a page", seconds(slow) if times else "-", "", None,
               f"<= {seconds(PAGE)}", slow <= PAGE)  # fmt: skip


def _memory(what: str, start: int, held: Sequence[int]) -> Line:
    """Of each stretch the least: hashing a password takes 64 MiB for a moment."""
    tenth = max(3, len(held) // 10)
    half = len(held) // 2
    middle, end = min(held[half - tenth // 2 :][:tenth]), min(held[-tenth:])
    shown = " → ".join(map(megabytes, (start, middle, end)))
    return Line(f"{what}: memory added in its second half", megabytes(max(0, end - middle)), shown,
                None, f"<= {megabytes(FLAT)}", end - middle <= FLAT)  # fmt: skip


def _derivation(what: str, opened: Sequence[float]) -> Iterator[Line]:
    if len(opened) > 1:
        usual = part(opened[1:], 50)
        yield Line(f"{what}: a derivation page, the run at hand", seconds(usual),
                   f"the first one {seconds(opened[0])}", None, f"<= {seconds(DERIVATION)}",
                   usual <= DERIVATION)  # fmt: skip


def part(times: Sequence[float], percent: int) -> float:
    """The least time that so many per cent of them do not pass.

    >>> part([4.0, 1.0, 3.0, 2.0], 50), part([1.0], 95)
    (2.0, 1.0)
    """
    return sorted(times)[-(-len(times) * percent // 100) - 1]


def pay_day(server: Server, made: Prepared) -> tuple[list[Visit], list[int]]:
    """Everybody, one after the other at their time; the memory held as each of them came."""
    start = time.perf_counter()
    running, held = [], []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, (login, amount) in enumerate(made.paid.items()):
            time.sleep(max(0.0, start + number * EVERY - time.perf_counter()))
            held.append(server.held())
            running.append(pool.submit(visit, server.port, login, amount))
    return [one.result() for one in running], [*held, server.held()]


def visit(port: int, login: str, amount: Decimal) -> Visit:
    """One person, from the log-in page to the slip."""
    met, browser = Visit(), Browser(port)
    try:
        page = _page(met, browser, "log-in page", "/login")
        form = _filled(page, login)
        status, _ = _timed(met, browser, "password checked", "/login", form)
        if status != 302:
            met.wrong.append(f"{login} was not let in: {status}")
            return met
        _page(met, browser, "home", "/")
        if money(amount) not in _page(met, browser, "slip", "/mine/"):
            met.wrong.append(f"the slip of {login} does not bear {money(amount)}")
    except (OSError, http.client.HTTPException) as error:
        met.wrong.append(f"{login}: {error!r}")
    return met


def _page(met: Visit, browser: Browser, name: str, path: str) -> str:
    status, body = _timed(met, browser, name, path)
    if status != 200:
        met.wrong.append(f"{path} answered {status}")
    return body


def _timed(
    met: Visit, browser: Browser, name: str, path: str, form: dict[str, str] | None = None
) -> tuple[int, str]:
    start = time.perf_counter()
    answer = browser.ask(path, form)
    met.took[name] = time.perf_counter() - start
    return answer


def derivations(server: Server, made: Prepared) -> tuple[list[float], list[str]]:
    """Seconds of the derivation page of ten people's pay, as the auditor sees it; the first one
    finds the run not yet read. What went wrong."""
    browser, times, wrong = log_in(server.port, made.auditor), [], []
    for id, amount in list(made.paid.items())[:10]:
        whose = urllib.parse.quote(id)
        start = time.perf_counter()
        status, body = browser.ask(f"/derivation/{made.run}/staff/{whose}/{made.rule}")
        times.append(time.perf_counter() - start)
        if status != 200 or money(amount) not in body:
            wrong.append(f"the derivation of {id} answered {status}, or without its amount")
    return times, wrong


def log_in(port: int, login: str) -> Browser:
    """Somebody's browser, let in."""
    browser = Browser(port)
    browser.ask("/login", _filled(browser.ask("/login")[1], login))
    return browser


def _filled(page: str, login: str) -> dict[str, str]:
    """The form of the log-in page."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return {"csrf_token": token[1] if token else "", "login": login, "password": PASSWORD}


class Browser:
    """One connection that is kept, with its cookies; redirects are not followed."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: SimpleCookie = SimpleCookie()

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and body."""
        sent = {"Cookie": "; ".join(f"{n}={c.value}" for n, c in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if form is None else "POST", path, body, sent)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")  # a paper or a workbook is no text
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.load(cookie)
        return answer.status, text


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """`hpf serve` on a free port, ended afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "hpf_cli", "serve", "--home", str(home), "--port", str(port)]
    told = home / "serve.log"
    with (
        told.open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _answers(port, process, told)
            yield Server(port, process.pid)
        finally:
            process.terminate()


def _answers(port: int, process: subprocess.Popen[bytes], told: Path) -> None:
    for _ in range(600):
        try:
            if Browser(port).ask("/login")[0] == 200:
                return
        except OSError:
            if process.poll() is not None:
                break
        time.sleep(0.1)
    raise ValueError(f"the portal does not answer: {told.read_text('utf-8')[-500:]}")
