"""The money of a run all the way: pools, pay lines, departments, people, batches; to the fen.

Whatever is not the same from one step to the next stands there with its reason: nobody to share a
pool, held back, paid before, owed back, not in a batch yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from hpf.core.errors import Text
from hpf.core.shared_out import Shared, shared_out
from hpf.portal.database import session
from hpf.portal.pages.calculate_sums import Sums
from hpf.portal.pages.derivation_runs import shelf
from hpf.storage.models import PayoutBatch, StoredRun
from hpf.storage.payout_states import REISSUED, STATE_NAMES, batch_lines, state_of

_NOTHING = Decimal(0)
_APART = {"paid": Text("已发过", "paid before"), "owed": Text("应扣回", "owed back"),
          "held": Text("暂缓", "held back")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pools:
    """What one rule shares out. paid: what of it is among the run's pay lines, None where the
    shares go on to another rule; sign: −1 where that line is taken off."""

    names: Text
    lines: tuple[Shared, ...]
    paid: Decimal | None
    sign: int

    @property
    def pool(self) -> Decimal:
        """All pools together."""
        return sum((x.pool or _NOTHING for x in self.lines), _NOTHING)

    @property
    def given(self) -> Decimal:
        """What was shared out of them."""
        return sum((x.given for x in self.lines), _NOTHING)

    @property
    def left(self) -> Decimal:
        """What was not."""
        return self.pool - self.given

    @property
    def waits(self) -> Decimal:
        """Shares of those who are held back."""
        return _NOTHING if self.paid is None else self.given - self.sign * self.paid


@dataclass(frozen=True, slots=True)
class Item:
    """A pay line of everybody. pooled: whether it is shared out of pools."""

    names: Text
    amount: Decimal
    pooled: bool


@dataclass(frozen=True, slots=True)
class Apart:
    """A line of the run that its batch leaves out."""

    id: str
    name: str
    amount: Decimal | None
    why: Text
    reason: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch. states: which, how many lines are in it, and how much."""

    code: str
    again: bool
    people: int
    total: Decimal
    states: tuple[tuple[str, int, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A department. batched, apart: None while there is no batch of what the run pays."""

    id: str
    name: str | Text
    people: int
    pooled: Decimal
    other: Decimal
    paid: Decimal
    batched: Decimal | None
    apart: Decimal | None
    held: bool

    @property
    def waits(self) -> Decimal:
        """What is in no batch yet."""
        return self.paid if self.batched is None else _NOTHING

    @property
    def gap(self) -> Decimal:
        """What has no reason; must be nothing."""
        lines = abs(self.paid - self.pooled - self.other)
        if self.batched is None:
            return lines
        return lines + abs(self.paid - self.batched - (self.apart or _NOTHING))


@dataclass(frozen=True, slots=True)
class Money:
    """The whole way. elsewhere: the batch of another run by which the period is paid already."""

    pools: tuple[Pools, ...]
    items: tuple[Item, ...]
    units: tuple[Unit, ...]
    batches: tuple[Batch, ...]
    apart: tuple[Apart, ...]
    elsewhere: str

    def total(self, name: str) -> Decimal:
        """The sum over departments of one of their amounts."""
        return sum((getattr(u, name) or _NOTHING for u in self.units), _NOTHING)

    @property
    def way(self) -> tuple[tuple[Text, Decimal], ...]:
        """From the pools that are paid out of to what is paid, in steps that add up."""
        own = [p for p in self.pools if p.paid is not None]

        def of(name: str) -> Decimal:
            return sum((p.sign * getattr(p, name) for p in own), _NOTHING)

        other = sum((i.amount for i in self.items if not i.pooled), _NOTHING)
        return (
            (Text("可分配", "In the pools"), of("pool")),
            (Text("没有分出", "Not shared out"), -of("left")),
            (Text("暂缓", "Held back"), -of("waits")),
            (Text("其他各项", "Other lines"), other),
        )

    @property
    def gap(self) -> Decimal:
        """All that has no reason, whatever its sign."""
        paid = self.total("paid")
        found = sum((abs(u.gap) for u in self.units), _NOTHING)
        return found + abs(paid - sum((amount for _, amount in self.way), _NOTHING))


def money(stored: StoredRun, sums: Sums) -> Money:
    """The way of a sealed run's money. sums: what it pays."""
    with shelf().of(stored.id) as loaded:
        scheme = loaded.run.program.code
        shares = shared_out(loaded.run, loaded.scalar(scheme))
    lines = zip(sums.heads, sums.lines, strict=True)
    heads = {(h.entity, h.rule): amount or _NOTHING for h, amount in lines}
    pools = tuple(_pools(shares, heads))
    pooled = {(x.rule.entity, x.rule.name) for p in pools for x in p.lines}
    items = tuple(
        Item(h.names, heads[h.entity, h.rule], (h.entity, h.rule) in pooled)
        for h in sums.heads
        if heads[h.entity, h.rule]
    )
    rows = _batches(stored)
    first = next((b for b in rows if b.reissues_id is None), None)
    same = first is not None and first.rule == f"{sums.entity}.{sums.rule}"
    by_row = _by_row(rows) if same else None
    apart = tuple(_apart(first)) if same and first is not None else ()
    return Money(
        pools, items, tuple(_units(sums, pooled, by_row, apart)),
        tuple(_batch(b) for b in rows), apart, "" if first else _elsewhere(stored),
    )  # fmt: skip


def _pools(
    shares: Sequence[Shared], heads: Mapping[tuple[str, str], Decimal]
) -> Iterator[Pools]:  # fmt: skip
    by: dict[tuple[str, str], list[Shared]] = {}
    for one in shares:
        by.setdefault((one.rule.entity, one.rule.name), []).append(one)
    for key, lines in by.items():
        paid = heads.get(key)
        given = sum((x.given for x in lines), _NOTHING)
        sign = -1 if paid is not None and paid * given < 0 else 1
        yield Pools(lines[0].rule.names, tuple(lines), paid, sign)


def _batches(stored: StoredRun) -> list[PayoutBatch]:
    """The batches of a run, the first one first."""
    asked = select(PayoutBatch).where(PayoutBatch.run_id == stored.id).order_by(PayoutBatch.id)
    return list(session().scalars(asked))


def _elsewhere(stored: StoredRun) -> str:
    """The batch by which another run of the period was paid; ''."""
    if stored.kind != "main":
        return ""
    asked = select(PayoutBatch.code).where(
        PayoutBatch.hospital_id == stored.hospital_id,
        PayoutBatch.scheme == stored.scheme,
        PayoutBatch.period == stored.period,
        PayoutBatch.kind == "main",
        PayoutBatch.reissues_id.is_(None),
    )
    return session().scalar(asked) or ""


def _by_row(rows: Sequence[PayoutBatch]) -> dict[str, Decimal]:
    """Person -> what batches pay; a line that was paid again counts in its later batch."""
    found: dict[str, Decimal] = {}
    for one in rows:
        states = state_of(session(), one)
        for line in batch_lines(session(), one):
            if states[line.id].state != REISSUED:
                found[line.row_id] = found.get(line.row_id, _NOTHING) + line.amount
    return found


def _batch(one: PayoutBatch) -> Batch:
    held: dict[str, list[Decimal]] = {}
    states = state_of(session(), one)
    lines = batch_lines(session(), one)
    for line in lines:
        held.setdefault(states[line.id].state, []).append(line.amount)
    told = tuple((s, len(held[s]), sum(held[s], _NOTHING)) for s in STATE_NAMES if s in held)
    return Batch(one.code, one.reissues_id is not None, len(lines), one.total, told)


def _apart(first: PayoutBatch) -> Iterator[Apart]:
    for x in first.left_out:
        amount = None if x["amount"] is None else Decimal(x["amount"])
        yield Apart(x["id"], x["name"], amount, _APART[x["why"]], x["reason"], x["why"] != "held")


def _units(
    sums: Sums, pooled: set[tuple[str, str]], by_row: Mapping[str, Decimal] | None,
    apart: Sequence[Apart],
) -> Iterator[Unit]:  # fmt: skip
    out = {a.id: a.amount or _NOTHING for a in apart if a.counts}
    for u in sums.units:
        of_pools = other = _NOTHING
        for head, amount in zip(sums.heads, u.lines, strict=True):
            if amount is None:
                continue
            if (head.entity, head.rule) in pooled:
                of_pools += amount
            else:
                other += amount
        ids = [p.id for p in u.people]
        batched = none = None
        if by_row is not None:
            batched = sum((by_row.get(i, _NOTHING) for i in ids), _NOTHING)
            none = sum((out.get(i, _NOTHING) for i in ids), _NOTHING)
        yield Unit(u.id, u.name, len(ids), of_pools, other, u.paid, batched, none, u.held)
