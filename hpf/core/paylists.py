"""Pay lists: what one batch pays to whom, as it is handed to a payout writer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.periods import Period


@dataclass(frozen=True, slots=True)
class PayLine:
    """What one person gets, in CNY to the fen. account: '' where it is paid in cash."""

    id: str
    name: str
    account: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PayList:
    """One batch. batch: its id; hospital, scheme: codes; names: the hospital's and scheme's."""

    batch: str
    hospital: str
    hospital_name: str
    scheme: str
    scheme_names: Text
    period: Period
    lines: tuple[PayLine, ...]

    @property
    def total(self) -> Decimal:
        """The sum of all lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def transfers(self) -> tuple[PayLine, ...]:
        """The lines that go to an account."""
        return tuple(line for line in self.lines if line.account)

    @property
    def cash(self) -> tuple[PayLine, ...]:
        """The lines that are paid in cash."""
        return tuple(line for line in self.lines if not line.account)
