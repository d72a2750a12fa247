"""What the hospital decided, kept by date: parameter values, and bindings between schemes.

    config = configuration(session, hospital, programs, period.last_day)
    settings = config.settings.get("township")

Both only grow: a value is never changed, a later entry for the same day takes its place. So what
held when a run was sealed can be told years later, and who decided it and why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.bindings import Binding, parse_bindings
from hpf.core.config import HospitalConfig
from hpf.core.errors import Collector, HpfError, Problem, SchemeError
from hpf.core.parameters import Dated, Parameter, day, parse_value
from hpf.core.program import Program
from hpf.core.settings import Settings, missing, resolve
from hpf.storage.audit import record
from hpf.storage.models import BindingSet, Hospital, ParameterValue
from hpf.storage.troubles import StorageError, trouble


@dataclass(frozen=True, slots=True)
class Decision:
    """A value of a scheme's parameter from a day on. value: as in a configuration file."""

    scheme: str
    name: str
    since: dt.date
    value: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """A required parameter without a value on a day."""

    scheme: str
    parameter: Parameter
    problem: Problem


def configuration(
    session: Session, hospital: int, programs: Mapping[str, Program], on: dt.date
) -> HospitalConfig:
    """All settings of the hospital, and the bindings that hold on a day.

    Raises ParameterError or SchemeError where what is stored no longer fits a scheme.
    """
    bad = Collector()
    settings: dict[str, Settings] = {}
    schemes = session.scalars(
        select(ParameterValue.scheme).where(ParameterValue.hospital_id == hospital).distinct()
    )
    for code in sorted(schemes):
        if code in programs:
            try:
                settings[code] = settings_of(session, hospital, programs[code])
            except HpfError as error:
                bad.problems.extend(error.problems)
    found: tuple[Binding, ...] = ()
    try:
        found = bindings_on(session, hospital, programs, on)
    except HpfError as error:
        bad.problems.extend(error.problems)
    bad.stop(SchemeError)
    return HospitalConfig(settings, found)


def settings_of(session: Session, hospital: int, program: Program) -> Settings:
    """The hospital's dated overrides of one scheme; ParameterError where one no longer fits.

    Values of parameters that the scheme no longer has are left out: they decide nothing.
    """
    return _parsed(session, hospital, program, lambda one: f"{one.reason}（{one.by}）")


def decided(
    session: Session, hospital: int, programs: Mapping[str, Program]
) -> dict[str, Mapping[str, tuple[Dated, ...]]]:
    """The values the hospital entered, each with its reason alone, by scheme and parameter."""
    return {
        code: _parsed(session, hospital, program, lambda one: one.reason).overrides
        for code, program in programs.items()
    }


def _parsed(
    session: Session, hospital: int, program: Program, said: Callable[[ParameterValue], str]
) -> Settings:
    entries: dict[str, list[dict[str, Any]]] = {}
    for one in in_force(session, hospital, program.code):
        if one.name in program.parameters:
            entries.setdefault(one.name, []).append(
                {"from": one.since, "value": one.value, "reason": said(one)}
            )
    return Settings.parse(program.parameters, entries, f"settings {program.code}")


def in_force(session: Session, hospital: int, scheme: str) -> list[ParameterValue]:
    """The entries that count: for each parameter and day the last one, unless it takes back."""
    last: dict[tuple[str, dt.date], ParameterValue] = {}
    entries = session.scalars(
        select(ParameterValue)
        .where(ParameterValue.hospital_id == hospital, ParameterValue.scheme == scheme)
        .order_by(ParameterValue.id)
    )
    for entry in entries:
        last[entry.name, entry.since] = entry
    return [e for _, e in sorted(last.items()) if e.value is not None]


def bindings_on(
    session: Session, hospital: int, programs: Mapping[str, Program], on: dt.date
) -> tuple[Binding, ...]:
    """The bindings between schemes that hold on a day; SchemeError where they no longer fit."""
    found = _bindings(session, hospital, on)
    return () if found is None else parse_bindings(found.bindings, programs, "bindings")


def set_parameters(
    session: Session,
    hospital: int,
    programs: Mapping[str, Program],
    decisions: Iterable[Decision],
    *,
    by: str,
    at: dt.datetime | None = None,
) -> list[Decision]:
    """Enter values; those that stand already are left out. Returns what was entered.

    Raises ParameterError or StorageError with everything that is wrong, and enters nothing then.
    A value None takes back what was entered for that day.
    """
    wanted = list(decisions)
    _check(programs, wanted)
    moment = at or dt.datetime.now(dt.UTC)
    known = {
        (scheme, e.name, e.since): e
        for scheme in {d.scheme for d in wanted}
        for e in in_force(session, hospital, scheme)
    }
    code = session.get_one(Hospital, hospital).code
    entered = []
    for one in wanted:
        value = plain(one.value)
        old = known.get((one.scheme, one.name, one.since))
        if _stands(programs[one.scheme].parameters[one.name], old, one):
            continue
        session.add(
            ParameterValue(
                hospital_id=hospital,
                scheme=one.scheme,
                name=one.name,
                since=one.since,
                value=value,
                reason=one.reason,
                by=by,
                at=moment,
            )
        )
        detail = {
            "since": one.since.isoformat(),
            "value": value,
            "before": old.value if old else None,
            "reason": one.reason,
        }
        record(session, by, "parameter.set", f"parameter:{one.scheme}.{one.name}", detail,
               hospital=code, at=moment)  # fmt: skip
        entered.append(one)
    session.flush()
    return entered


def set_bindings(
    session: Session,
    hospital: int,
    programs: Mapping[str, Program],
    bindings: Sequence[Any],
    *,
    since: dt.date,
    reason: str,
    by: str,
    at: dt.datetime | None = None,
) -> bool:
    """Enter all bindings that hold from a day on; False where they hold already.

    Raises SchemeError with everything that is wrong with them.
    """
    parse_bindings(bindings, programs, "bindings")
    given = plain(list(bindings))
    found = _bindings(session, hospital, since)
    if (found.bindings if found else []) == given:
        return False
    moment = at or dt.datetime.now(dt.UTC)
    session.add(
        BindingSet(
            hospital_id=hospital, since=since, bindings=given, reason=reason, by=by, at=moment
        )
    )
    detail = {"since": since.isoformat(), "bindings": given, "reason": reason}
    record(session, by, "bindings.set", f"bindings:{since}", detail,
           hospital=session.get_one(Hospital, hospital).code, at=moment)  # fmt: skip
    session.flush()
    return True


def lacking(
    session: Session, hospital: int, programs: Mapping[str, Program], on: dt.date
) -> list[Lacking]:
    """Every parameter of the schemes that has no value on a day, in order of scheme and name."""
    found = []
    for code, program in programs.items():
        settings = settings_of(session, hospital, program)
        held, problems = resolve(program.parameters, on, settings)
        told = {p.name: p for p in problems}
        found += [
            Lacking(code, p, told.get(n) or missing(p, on))
            for n, p in program.parameters.items()
            if n not in held
        ]
    return found


def plain(value: Any) -> Any:
    """A value from YAML as JSON keeps it: dates as their text, keys as texts."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def decisions_of(scheme: str, entries: Mapping[str, Any]) -> list[Decision]:
    """What a configuration file says of one scheme: `{parameter: [{from, value, reason}]}`.

    The file was checked before (`HospitalConfig.parse`).
    """
    return [
        Decision(scheme, name, day(e["from"]), e["value"], str(e["reason"]))
        for name, dated in entries.items()
        for e in dated
    ]


def _stands(parameter: Parameter, old: ParameterValue | None, one: Decision) -> bool:
    """Whether that is what stands there already, however its number is written."""
    if old is None or one.value is None:
        return old is None and one.value is None
    same = parse_value(parameter, old.value) == parse_value(parameter, one.value)
    return same and old.reason == one.reason


def _bindings(session: Session, hospital: int, on: dt.date) -> BindingSet | None:
    return session.scalar(
        select(BindingSet)
        .where(BindingSet.hospital_id == hospital, BindingSet.since <= on)
        .order_by(BindingSet.since.desc(), BindingSet.id.desc())
        .limit(1)
    )


def _check(programs: Mapping[str, Program], decisions: Sequence[Decision]) -> None:
    bad = Collector()
    seen: set[tuple[str, str, dt.date]] = set()
    by_scheme: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for one in decisions:
        place = f"{one.scheme}.{one.name} {one.since}"
        if not one.reason.strip():
            words = ("没有写理由", "there is no reason")
            cure = ("请写明依据，如会议决议", "Say on what ground, such as a resolution")
            bad.add(trouble("no_reason", words, cure, place, name=one.name))
        if (one.scheme, one.name, one.since) in seen:
            words = ("同一天有两个值", "there are two values for the same day")
            bad.add(trouble("twice", words, place=place, name=one.name))
        seen.add((one.scheme, one.name, one.since))
        if (
            one.scheme not in programs
            or one.name not in programs[one.scheme].parameters
            or (one.value is not None)
        ):
            entry = {"from": one.since, "value": one.value, "reason": one.reason or "—"}
            by_scheme.setdefault(one.scheme, {}).setdefault(one.name, []).append(entry)
    try:
        HospitalConfig.parse({"settings": by_scheme}, programs, "settings")
    except HpfError as error:
        bad.problems.extend(error.problems)
    bad.stop(StorageError)
