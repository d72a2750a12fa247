"""`hpf release`: take a held unit in again; then a linked run pays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpf_cli.group import command
from hpf_cli.hold import REASON, UNIT, entered
from hpf_cli.home import BY, HOME
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hpf.core.periods import Period
    from hpf.core.program import Program
    from hpf.storage.models import Adjustment


@command(
    Words(
        "登记放行一个暂缓的单位；批准（hpf hold approve）之后用 hpf calculate --release-of 补算。",
        "Ask that a held unit be released. When it is approved (hpf hold approve), "
        "hpf calculate --release-of makes the run that pays it.",
    ),
    SCHEME,
    UNIT,
    PERIOD,
    REASON,
    BY,
    HOME,
)
def release(
    scheme: str,
    unit: str,
    period: str,
    reason: str,
    by: str | None,
    home: str | None,
) -> None:
    """Nothing changes until another account approves it."""
    entered(scheme, unit, period, reason, by, home, _release)


def _release(
    session: Session,
    hospital: int,
    program: Program,
    period: Period,
    entity: str,
    id: str,
    reason: str,
    by: str,
) -> Adjustment:
    from hpf.holds import release

    return release(session, hospital, program.code, period, entity, id, reason, by=by)


command_release = release
