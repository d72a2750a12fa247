"""Who calculates does not pay: two people between a sealed run and the money.

A hospital settles it (`payer_apart`: yes or no). Where it has not, the portal, whose accounts are
people who logged in, keeps them apart; a command, which takes a name on trust, tells it.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.storage.models import StoredRun
from hpf.storage.troubles import trouble
from hpf.workflow.situation import settings_now

SETTING = "payer_apart"


def same_hands(session: Session, run: StoredRun, by: str, *, strict: bool) -> list[Problem]:
    """That whoever sealed a run is about to pay it. strict: it stops the payment where the hospital
    has settled nothing. A notice where it does not stop it; nothing where it is allowed."""
    if not by or run.by != by:
        return []
    settled = settings_now(session, run.hospital_id).get(SETTING, "")
    if settled == "no":
        return []
    words = (
        f"第 {run.id} 次计算是 {by} 封存的，发放应由另一个人办",
        f"run {run.id} was sealed by {by}: somebody else pays it",
    )
    cure = (
        "请由另一个账号生成批次；确实没有别人，由医院规定：hpf cycle settle payer_apart=no",
        "Let another account pay it; without one the hospital settles payer_apart=no",
    )
    stops = strict or settled == "yes"
    severity = "problem" if stops else "notice"
    return [trouble("payer_apart", words, cure, f"run:{run.id}", severity=severity)]
