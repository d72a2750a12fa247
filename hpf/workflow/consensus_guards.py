"""Two guards of a cycle: every level has agreed, and the period's ledgers are closed."""

from __future__ import annotations

from collections.abc import Iterator

from hpf.core.errors import Problem, Text
from hpf.workflow.guards import Guard
from hpf.workflow.policy import Request


def _agreed(r: Request) -> Iterator[Problem]:
    for one in r.situation.consent_lacks:
        yield Problem(
            "cycle.consensus",
            Text(f"{one.zh}还没有同意本期目标", f"no agreement yet to the objectives: {one.en}"),
            Text("请登记：hpf notes consent", "Record it: hpf notes consent"),
        )


def _closed(r: Request) -> Iterator[Problem]:
    for one in r.situation.ledgers_open:
        yield Problem(
            "cycle.ledger",
            Text(f"本期的账 {one} 还没有结清", f"the period's ledger '{one}' is open still"),
            Text(
                "结清之后分录才成为数据：hpf ledger close",
                "Its entries become facts when it is closed: hpf ledger close",
            ),
            one,
        )


CONSENSUS = Guard("consensus", Text("各级已同意", "every level has agreed"), _agreed)
LEDGERS = Guard("ledgers_closed", Text("账已结清", "ledgers are closed"), _closed)
