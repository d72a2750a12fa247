"""The deployment examples say what the program does, and the tools at hand accept them."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpf.portal import PortalSettings
from hpf.storage.home import Home
from hpf_cli import main

TOP = Path(__file__).parents[2]
FILES = TOP / "examples" / "deployment"
DOCS = (TOP / "docs" / "deployment.md").read_text("utf-8")
UNITS = ("hpf.service", "hpf-jobs.service", "hpf-backup.service", "hpf-backup.timer")
PORTAL = tomllib.loads((FILES / "hpf.toml").read_text("utf-8"))["portal"]


def unit(name: str) -> configparser.ConfigParser:
    """A systemd file; a key that stands twice is a mistake in ours."""
    parser = configparser.ConfigParser(delimiters="=", interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string((FILES / name).read_text("utf-8"))
    return parser


def nginx_blocks(text: str) -> list[dict[str, list[str]]]:
    """The directives of each `server`, those of its inner blocks included; braces must balance."""
    bare = re.sub(r"#.*", "", text)
    assert bare.count("{") == bare.count("}")
    found = []
    for server in re.split(r"\bserver\s*{", bare)[1:]:
        lines: dict[str, list[str]] = {}
        for said in re.findall(r"(?m)^\s*([a-z_]+)\s+([^;{}]+);", server):
            lines.setdefault(said[0], []).append(" ".join(said[1].split()))
        for line in filter(None, map(str.strip, server.splitlines())):
            assert line.endswith((";", "{", "}")), f"no semicolon: {line}"
        found.append(lines)
    return found


def test_every_example_is_named_in_the_page_and_none_is_missing() -> None:
    there = {p.name for p in FILES.iterdir()}
    assert there == {"nginx.conf", "Caddyfile", "hpf.toml", *UNITS}
    for name in there:
        assert f"`{name}`" in DOCS, name


def test_the_portal_takes_the_settings_and_they_fit_one_proxy(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    home = Home(tmp_path, "H1", "甲", ("township",), "sqlite://", keys, portal=PORTAL)
    settings = PortalSettings.of(home)
    assert "hpf.hospital.example" in settings.hosts
    assert settings.https
    assert settings.proxies == 1


def test_nginx_ends_tls_and_overwrites_what_a_visitor_claims() -> None:
    plain, tls = nginx_blocks((FILES / "nginx.conf").read_text("utf-8"))
    (host,) = PORTAL["hosts"]
    assert plain["return"] == ["301 https://$host$request_uri"]
    assert tls["server_name"] == [host]
    assert tls["listen"] == ["443 ssl default_server"]
    assert tls["ssl_protocols"] == ["TLSv1.2 TLSv1.3"]
    assert tls["proxy_pass"] == ["http://127.0.0.1:8080"]
    assert {
        "Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme",
        "X-Forwarded-Host $host",
    } == set(tls["proxy_set_header"])  # fmt: skip
    (size,) = tls["client_max_body_size"]
    assert int(size.removesuffix("m")) > PORTAL["upload_mb"], "the portal tells it in words"


def test_nginx_accepts_its_file_where_it_is_installed(tmp_path: Path) -> None:
    """Without nginx the lines that matter were read above; with it the whole file is."""
    program = shutil.which("nginx")
    text = (FILES / "nginx.conf").read_text("utf-8")
    assert text.count("server {") == 2
    if program:
        text = re.sub(r"ssl_certificate(_key)? .*;", "", text).replace("443 ssl", "443")
        whole = tmp_path / "nginx.conf"
        temps = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        ours = " ".join(f"{one}_temp_path {tmp_path}/{one};" for one in temps)
        head = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}}"
        whole.write_text(f"{head} http {{ access_log off; {ours} {text} }}", "utf-8")
        subprocess.run([program, "-t", "-c", whole], check=True, capture_output=True, timeout=30)


def test_caddy_serves_the_same_name_from_the_same_port() -> None:
    text = re.sub(r"#.*", "", (FILES / "Caddyfile").read_text("utf-8"))
    assert text.count("{") == text.count("}")
    (host,) = PORTAL["hosts"]
    assert re.search(rf"(?m)^{re.escape(host)} {{$", text)
    assert re.search(r"(?m)^\treverse_proxy 127\.0\.0\.1:8080$", text)
    assert int(re.search(r"max_size (\d+)MB", text)[1]) > PORTAL["upload_mb"]
    assert "trusted_proxies" not in text, "so it passes on nothing that a visitor claims"


def test_caddy_accepts_its_file_where_it_is_installed(tmp_path: Path) -> None:
    """Without caddy the lines that matter were read above; with it the whole file is."""
    program = shutil.which("caddy")
    text = (FILES / "Caddyfile").read_text("utf-8")
    assert text.count("tls ") == 1
    if program:
        whole = tmp_path / "Caddyfile"
        whole.write_text(re.sub(r"(?m)^\ttls .*$", "\ttls internal", text), "utf-8")
        command = [program, "validate", "--adapter", "caddyfile", "--config", str(whole)]
        env = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
        subprocess.run(command, check=True, capture_output=True, timeout=60, env=env)


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_a_command_there_is_as_the_accounts_own_user(name: str) -> None:
    found = unit(name)
    if name.endswith(".timer"):
        assert found["Timer"]["Persistent"] == "true", "one that was missed is caught up"
        return
    service = found["Service"]
    assert (service["User"], service["Group"]) == ("hpf", "hpf")
    assert service["Environment"] == "HPF_HOME=/srv/hpf"
    assert service["ReadWritePaths"] == "/srv/hpf"
    assert service["ProtectSystem"] == "strict"
    program, *words = service["ExecStart"].split()
    assert program == "/opt/hpf/bin/hpf"
    assert "PASSPHRASE" not in str(dict(service)), "no secret in a unit"
    options = [w for w in words if w.startswith("--")]
    names = words[: next((i for i, w in enumerate(words) if w.startswith("--")), len(words))]
    told = CliRunner().invoke(main, [*names, "--help"])
    assert told.exit_code == 0, told.output
    assert all(option in told.output for option in options)


def test_systemd_accepts_its_units_where_it_is_installed(tmp_path: Path) -> None:
    """`systemd-analyze verify` wants the programs there are: /bin/true stands for hpf."""
    program = shutil.which("systemd-analyze")
    for name in UNITS:
        text = (FILES / name).read_text("utf-8").replace("/opt/hpf/bin/hpf", "/bin/true")
        text = text.replace("=hpf\n", "=root\n")
        assert "/srv/hpf" in text or name.endswith(".timer")
        (tmp_path / name).write_text(text, "utf-8")
    if program:
        done = subprocess.run(
            [program, "verify", "--man=no", *(tmp_path / n for n in UNITS)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        ours = [line for line in done.stderr.splitlines() if "hpf" in line.partition(":")[0]]
        assert not ours, done.stderr
