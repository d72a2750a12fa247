"""A sealed run from the database, ready to be explained: with those that it rests on."""

from __future__ import annotations

from hpf.storage.engine import reading
from hpf.storage.runs import load_with_above, sealed_run
from hpf_cli.home import opened
from hpf_cli.running import Asked
from hpf_cli.stops import problem


def stored_asked(scheme: str, number: int, home: str | None) -> Asked:
    """The run of that number as it was computed, by its own rules; its plugin is not needed.

    Raises HpfError where the hospital has no such run, or it is another scheme's.
    """
    with opened(home) as at, reading(at.engine) as session:
        stored = sealed_run(session, number)
        if stored.hospital_id != at.hospital(session) or stored.scheme != scheme:
            raise problem(
                "run",
                f"第 {number} 次不是 {scheme} 的计算",
                f"run {number} is not one of {scheme}",
                ("请用 hpf runs 查看", "hpf runs lists them"),
                "--run",
            )
        runs, bindings = load_with_above(session, number)
    notices = [p for one in runs.values() for p in one.problems if p.severity == "notice"]
    return Asked(runs[scheme], runs, bindings, tuple(dict.fromkeys(notices)))
