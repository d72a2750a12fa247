"""What a scheme and a hospital settle about a cycle, and what stands in it when somebody moves it.

`Policy` is chosen once and stays; `Situation` is drawn up anew, from storage, each time someone
asks to move the cycle. Both are plain data: guards read them and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from hpf.core.errors import Text
from hpf.workflow.roles import Actor, Appointment, Role
from hpf.workflow.tasks import Done
from hpf.workflow.workdays import Span


class PayOrder(StrEnum):
    """Which comes first. The source of a scheme may not say; then the hospital chooses."""

    PUBLICISE_THEN_PAY = "publicise_then_pay"
    PAY_THEN_PUBLICISE = "pay_then_publicise"  # what changes later is paid as a difference

    @property
    def names(self) -> Text:
        """The order in words."""
        return _ORDERS[self]


_ORDERS = {
    PayOrder.PUBLICISE_THEN_PAY: Text("先公示，后发放", "publicise, then pay"),
    PayOrder.PAY_THEN_PUBLICISE: Text(
        "先发放，后公示，差额另补", "pay, then publicise, then the difference"
    ),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for all cycles of a scheme.

    publicity: how long results hang, in working days (S4.5-3.5.a: at least 5).
    appeal: how long an appeal may be lodged, in working days after posting.
    order: which of publicity and pay comes first.
    quorum: the share of those due to attend who must be present (S4.1-1.6: 2/3, inclusive).
    narrowed: move -> the roles that may make it, where the scheme allows fewer than the cycle.
    """

    publicity: Span = field(default_factory=lambda: Span(5))
    appeal: Span = field(default_factory=lambda: Span(5))
    order: PayOrder = PayOrder.PUBLICISE_THEN_PAY
    quorum: Fraction = Fraction(2, 3)
    narrowed: Mapping[str, frozenset[Role]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SealedRun:
    """The run a cycle is about. author: the account that calculated it; problems: how many."""

    seal: str
    author: str
    problems: int = 0
    supplement_to: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a committee resolved, as its minutes have it.

    entitled: those due to attend, without the recused; passed: whether the majority was reached;
    run: the seal of the run that it was about.
    """

    minutes: str
    present: int
    entitled: int
    passed: bool
    run: str


@dataclass(frozen=True, slots=True)
class OpenAppeal:
    """An appeal that is not decided. reviewers: the accounts that recheck it."""

    id: str
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What stands in a cycle on a day.

    period_end: the last day of the period. departments: those that take part.
    scheme_lacks: parts the scheme is without (`indicators`, `weights`, `assessment_period`).
    settings_lack: required settings without a value, and their names. goals, focus: what
    management set.
    facts_missing: what is not reported yet; missing_listed: evidence of the list that HR filed.
    posted: since when results hang; informed, affected: persons with and due a feedback.
    effects_missing: appeals that were upheld, without a run that gives effect to it.
    changed_after_posting: results were corrected after they were posted.
    differences_open: lines paid already whose figure has changed and is not settled.
    ceiling_exceeded: by how much pay passes the approved ceiling, in words; '' if it does not.
    consent_lacks: levels that have to agree to the objectives and have not.
    ledgers_open: ledgers of points whose entries are no facts yet.
    """

    today: dt.date
    period_end: dt.date
    departments: frozenset[str] = frozenset()
    appointments: tuple[Appointment, ...] = ()
    done: tuple[Done, ...] = ()
    goals: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    scheme_lacks: tuple[str, ...] = ()
    settings_lack: tuple[tuple[str, Text], ...] = ()
    facts_missing: tuple[Text, ...] = ()
    missing_listed: str = ""
    run: SealedRun | None = None
    resolution: Resolution | None = None
    posted: dt.date | None = None
    changed_after_posting: bool = False
    appeals: tuple[OpenAppeal, ...] = ()
    effects_missing: tuple[str, ...] = ()
    affected: frozenset[str] = frozenset()
    informed: frozenset[str] = frozenset()
    differences_open: tuple[str, ...] = ()
    ceiling_exceeded: tuple[Text, ...] = ()
    consent_lacks: tuple[Text, ...] = ()
    ledgers_open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asks to move a cycle. authors: accounts whose entries the move would approve."""

    actor: Actor
    situation: Situation
    policy: Policy
    authors: frozenset[str] = frozenset()


def some(items: Iterable[str], most: int = 8) -> str:
    """The first few of a list, for a message."""
    found = sorted(items)
    return ", ".join(found[:most]) + (f" … ({len(found)})" if len(found) > most else "")
