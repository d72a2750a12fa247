"""No file of the project may name a path of one machine, or a host of a package registry.

A path in a file works on one machine only; a registry host takes the choice of registry away from
whoever installs. What to look for is learned on the machine at hand, from its package clients and
the place of this checkout, so that nothing of the kind has to be written down here.

    python scripts/check_text.py [FOLDER]       exit code 1, and each place, if something is found
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

# Folders that every machine has: naming one of them tells nothing about a machine.
COMMON = {"bin", "dev", "etc", "lib", "media", "mnt", "opt", "run", "srv", "tmp", "usr", "var"}
APT = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d"))


def _output(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def registry_hosts() -> set[str]:
    """The hosts that this machine's pip, npm and apt talk to, pip's built-in default included."""
    said = [
        _output(sys.executable, "-m", "pip", "config", "list"),
        _output(sys.executable, "-m", "pip", "help", "install"),
        _output("npm", "config", "get", "registry"),
    ]
    for place in APT:
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        said += [file.read_text("utf-8", "replace") for file in files if file.is_file()]
    hosts = set()
    for found in re.findall(r"https?://([^/\s\"'<>,;)]+)", "\n".join(said)):
        host = found.rpartition("@")[2].partition(":")[0].lower()
        if "." in host and not host.startswith("127.") and not host.startswith("localhost"):
            hosts.add(host)
    return hosts


def machine_roots(top: Path) -> set[str]:
    """What a path of this machine starts with: the tree that holds the checkout, and the home."""
    roots = set()
    for place in (top.resolve(), Path.home()):
        first = place.parts[1] if len(place.parts) > 1 else ""
        if first:
            roots.add(str(place) if first in COMMON else f"/{first}")
    return roots


def project_files(top: Path) -> Iterator[Path]:
    """The files in git, and those about to be; every file where there is no git."""
    listed = _output("git", "-C", str(top), "ls-files", "-co", "--exclude-standard", "-z")
    names: Iterable[Path]
    if listed:
        names = (top / name for name in listed.split("\0") if name)
    else:
        names = (path for path in top.rglob("*") if ".venv" not in path.parts)
    yield from sorted(path for path in names if path.is_file() and not path.is_symlink())


def findings(top: Path, hosts: Iterable[str], roots: Iterable[str]) -> list[str]:
    """``file:line: text`` of every place that names one of the hosts or roots."""
    wanted = [rf"(?<![A-Za-z0-9.-]){re.escape(host)}(?![A-Za-z0-9-])" for host in hosts]
    wanted += [rf"(?<![A-Za-z0-9_.]){re.escape(root)}/" for root in roots]
    if not wanted:
        return []
    pattern = re.compile("|".join(sorted(wanted)), re.IGNORECASE)
    found = []
    for path in project_files(top):
        data = path.read_bytes()
        if b"\0" in data:
            continue
        for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{path.relative_to(top)}:{number}: {line.strip()[:120]}")
    return found


def main(arguments: list[str]) -> int:
    top = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    found = findings(top, registry_hosts(), machine_roots(top))
    for place in found:
        print(place)
    if found:
        print("These name a path of this machine or a host of a package registry: take them out.")
        return 1
    print("Text: no machine paths, no registry hosts.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
