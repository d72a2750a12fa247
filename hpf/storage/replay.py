"""Verifying a sealed run: computed anew from what is stored, and compared part by part.

The run brings its own rules, so the plugin may have been upgraded since, or be gone. A run that
is as it was yields the same seal; one that is not says which part was altered, and which column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl
from sqlalchemy.orm import Session

from hpf.core.calculate import compute
from hpf.core.errors import HpfError, Problem
from hpf.core.facts import Checked
from hpf.core.program import Program
from hpf.core.program_json import read_parameters
from hpf.core.results import Evaluated
from hpf.core.seal import seal
from hpf.storage.history import history_of
from hpf.storage.imports import check_import
from hpf.storage.models import Import, StoredRun
from hpf.storage.programs import load_program
from hpf.storage.results import read_results
from hpf.storage.runs import checked_of, sealed_facts, sealed_run, units_held
from hpf.storage.troubles import trouble
from hpf.storage.types import canonical

_PARTS = {
    "facts": ("数据", "facts"),
    "parameters": ("参数", "parameters"),
    "history": ("往期结果", "earlier results"),
    "formulas": ("公式", "formulas"),
    "results": ("结果", "results"),
}
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found. problems: empty where the run is as it was sealed."""

    run: int
    scheme: str
    period: str
    seal: str
    results: int
    problems: tuple[Problem, ...]


def verify_run(session: Session, id: int) -> Verified:
    """Recompute a sealed run from what is stored. StorageError where there is no such run."""
    stored = sealed_run(session, id)
    try:
        found, results = _recomputed(session, stored)
    except HpfError as error:
        found, results = tuple(error.problems), 0
    return Verified(
        stored.id, stored.scheme, str(stored.period), stored.seal or "", results, tuple(found)
    )


def _recomputed(session: Session, stored: StoredRun) -> tuple[tuple[Problem, ...], int]:
    program = load_program(session, stored.program_digest)
    parameters = read_parameters(canonical(stored.parameters))
    history = history_of(session, stored, program)
    checked_of(session, stored, program)  # tells tampering from facts that never held
    facts = sealed_facts(session, stored, program)
    checked, evaluated, _ = compute(program, facts, parameters, history, units_held(stored))
    kept = read_results(session, stored.id, program, checked)
    now = seal(program, checked, parameters, evaluated, history)
    then: Mapping[str, str] = stored.seal_parts or {}
    problems = [_altered(stored, part) for part in _PARTS if now[part] != then.get(part)]
    if now["facts"] != then.get("facts"):
        problems += _imports(session, stored)
    problems += _results(stored, program, checked, evaluated, kept)
    if not problems and now["seal"] != stored.seal:
        problems.append(_altered(stored, "seal"))
    count = sum(len(c.drop_nulls()) for by in evaluated.values.values() for c in by.values())
    return tuple(problems), count


def _altered(stored: StoredRun, part: str) -> Problem:
    zh, en = _PARTS.get(part, ("封签", "seal"))
    words = (
        f"{zh}与封存时不一致", f"the {en} are not what was sealed"
    )  # fmt: skip
    cure = (
        "有人绕过系统改动了数据库：请保全现场，运行 hpf audit verify，并与备份核对",
        (
            "Somebody changed the database by another way: keep it as it is, run hpf audit "
            "verify, and compare it with a backup"
        ),
    )
    return trouble("altered", words, cure, f"run:{stored.id}", name=part)


def _imports(session: Session, stored: StoredRun) -> Iterator[Problem]:
    """Which imports the altered facts belong to, with what is wrong with them."""
    last = stored.facts_upto or 0
    imports = session.query(Import).filter(
        Import.hospital_id == stored.hospital_id,
        Import.scheme == stored.scheme,
        Import.period == stored.period,
        Import.id <= last,
    )
    for one in imports.order_by(Import.id):
        try:
            check_import(session, one)
        except HpfError as error:
            yield from error.problems


def _results(
    stored: StoredRun, program: Program, checked: Checked, now: Evaluated, kept: Evaluated
) -> Iterator[Problem]:
    """Single results that are stored otherwise than they come out."""
    count = 0
    for rule in program.rules:
        new, old = (e.values[rule.entity][rule.qualified] for e in (now, kept))
        if new.dtype != old.dtype and isinstance(new.dtype, pl.Decimal):
            old = old.cast(new.dtype)
        for row in new.ne_missing(old).arg_true():
            count += 1
            if count <= _SHOWN:
                id = checked.rows[rule.entity].ids[row]
                words = (
                    f"{rule.names.zh}：存储的是 {old[row]}，重算得 {new[row]}",
                    f"{rule.names.en}: stored is {old[row]}, computed {new[row]}",
                )
                yield trouble("result", words, place=f"run:{stored.id}", entity=rule.entity, id=id,
                              name=rule.name)  # fmt: skip
    if count > _SHOWN:
        words = (f"另有 {count - _SHOWN} 个结果不一致", f"{count - _SHOWN} more results differ")
        yield trouble("result", words, place=f"run:{stored.id}")
