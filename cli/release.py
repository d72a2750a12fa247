"""`hpf release`: take a held unit in again; then a linked run pays it."""

from __future__ import annotations

from functools import partial

from hpf_cli.group import command
from hpf_cli.hold import REASON, UNIT, entered
from hpf_cli.home import BY, HOME, who
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words


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
    from hpf import holds

    entered(scheme, unit, period, reason, home, partial(holds.release, by=who(by)))


command_release = release
