"""Rights that open everybody's pay, told to the president and to the auditor when they log in.

Who runs the accounts could give such a right to an account that only they know the password of.
No rule of the program tells that from an appointment; whoever appoints people does. So what was
given since their last log-in is said to them, with who gave it to whom.
"""

from __future__ import annotations

import datetime as dt

from flask import flash
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal.access import viewer
from hpf.portal.database import desk, session
from hpf.portal.language import say
from hpf.portal.rights import Act, Role, may
from hpf.portal.roles import WHOLE
from hpf.storage.models import AuditEntry

_NAMED = 3  # of those that are told, by name


def told_since(moment: dt.datetime | None) -> None:
    """Say what was given since a moment, for the next page; None: nothing was missed."""
    who = viewer()
    if moment is None or who is None or not (may(who, Act.AUDIT) and who.sees_everybody):
        return
    found = session().scalars(
        select(AuditEntry)
        .where(
            AuditEntry.action == "user.role_granted",
            AuditEntry.hospital == desk().settings.home.hospital_code,
            AuditEntry.at > moment,
        )
        .order_by(AuditEntry.seq)
    )
    opened = [e for e in found if e.detail.get("role") in WHOLE and e.who != who.login]
    if not opened:
        return
    said = [
        f"{e.object.removeprefix('user:')} ({say(Role(e.detail['role']).names)}, {e.who})"
        for e in opened[-_NAMED:]
    ]
    names, many = say(("、", "; ")).join(said), len(opened)
    words = Text(
        f"您上次登录以来，有 {many} 项能看全院绩效的权限给出：{names}。"
        "不是您知道的，请看操作记录。",
        f"Since your last log-in {many} rights to see everybody's pay were given: {names}. If you "
        "do not know of them, look at the audit trail.",
    )
    flash(say(words), "warning")
