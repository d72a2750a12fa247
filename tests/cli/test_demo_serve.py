"""`hpf demo --serve`: refused before any work, or a portal that one can log in to until Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from click.testing import Result

from hpf_cli.demo_serve import LOGINS

Call = Callable[..., Result]
# without papers, which take longer than all the rest and have their own tests
PROGRAM = """
import signal
from hpf_cli import main, pdf
from hpf_cli.speech import Words
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
pdf.can_write = lambda: Words("没有 PDF", "no PDF")
main()
"""
NEW = "quiet-Harbour-58"


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_that_is_taken_is_told_before_anything_is_done(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        more = ("--serve",) if command == "demo" else ()
        result = hpf(command, *more, "--port", str(port), lang="en")
    assert result.exit_code == 2
    assert f"127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr
    assert not list(tmp_path.iterdir())


def test_without_the_hospitals_scheme_nothing_is_computed(
    hpf: Call, two_documents: object, tmp_path: Path
) -> None:
    result = hpf("demo", "--serve", "--out", tmp_path / "out", lang="en")
    assert result.exit_code == 2
    assert "'township', is not installed" in result.stderr
    assert not (tmp_path / "out").exists()


class Browser:
    """Keeps cookies, follows redirects, fills in forms with the token of their page."""

    def __init__(self, base: str) -> None:
        self.base = base
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def get(self, path: str, data: dict[str, str] | None = None) -> tuple[str, str]:
        """Where one ends up, and what stands there."""
        body = None if data is None else urllib.parse.urlencode(data).encode()
        with self.opener.open(self.base + path, body, timeout=60) as answer:
            return urllib.parse.urlsplit(answer.url).path, answer.read().decode()

    def send(self, path: str, **data: str) -> tuple[str, str]:
        """Fill in the form of a page."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path)[1])
        assert found, path
        return self.get(path, {"csrf_token": found[1], **data})


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_one_logs_in_with_a_printed_password_and_reads_ones_pay(tmp_path: Path) -> None:
    """The real command, as one process: demo, accounts, portal, Ctrl-C."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "demo", "--serve", "--out", "out", "--port", str(port)],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"HPF_LANG": "en", "COLUMNS": "120", "NO_COLOR": "1"},
    )  # fmt: skip
    late = threading.Timer(400, process.kill)
    late.start()
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("The portal:"):
                break
        else:
            assert process.stderr is not None
            pytest.fail(said[-2000:] + process.stderr.read()[-2000:])
        (password,) = re.findall(r"demo-staff\s+(\S+)", said)
        browser = Browser(f"http://127.0.0.1:{port}")
        _until_answered(browser)
        where, _ = browser.send("/login", login="demo-staff", password=password)
        assert where == "/password", "a one-time password is changed before anything else"
        where, _ = browser.send("/password", old=password, new=NEW, again=NEW)
        assert where == "/"
        where, page = browser.get("/mine/")
        assert where == "/mine/"
        assert re.search(r"\d\.\d\d<", page)
        assert "township/2026-09" in page, "with the slip of the month that the demo paid"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        late.cancel()
        process.kill()
        process.wait()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    words = re.findall(r"^.*demo-[a-z]+\s+(\S+-\S+-\S+-\S+)", said, re.MULTILINE)
    assert len(set(words)) == len(LOGINS) == 10
    left = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert not any(word.encode() in file for word in (*words, NEW) for file in left)


def _until_answered(browser: Browser) -> None:
    """The address is told a moment before the first page is served."""
    import time

    for _ in range(100):
        try:
            browser.get("/login")
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail("nobody answers")
