"""What every step of `hpf demo county` needs: acts on days of the made-up year, marks, pictures."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from hpf.core.errors import Text
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, standing
from hpf.workflow.assessments_table import Item, items, units
from hpf.workflow.marks import Marking
from hpf_cli.demo_county_home import GROUP, YEAR, County, moment
from hpf_cli.demo_story import Step

_USUAL = "查阅资料"
_HALF = Decimal("0.5")


def markings(
    county: County, table: Mapping[str, Item], unit: str, n: int, expert: str, visit: int
) -> Iterator[Marking]:
    """What one of three experts takes off: the sample's points, half a point less, or more, so
    that their median is the sample's."""
    for item in table.values():
        if item.unit != unit or not item.judged or item.out:
            continue
        lost, way = county.judged[item.id]
        off = Decimal(lost) + (Decimal(0), -_HALF, _HALF)[n % 3]
        off = min(max(off, Decimal(0)), item.points)
        files = [(f"{item.id}-{expert}.png", picture(f"{item.id} {expert}"))] if off else []
        why = f"合成：{item.name}" if off else ""
        yield Marking(item.id, off, way or _USUAL, why, visit, files)


def picture(text: str) -> bytes:
    """A small made-up picture, another one for each text: 64 × 64 grey dots as PNG."""
    seed = zlib.crc32(text.encode())
    rows = b"".join(
        b"\0" + bytes((seed >> (x // 8 + y // 16)) & 0xFF for x in range(64)) for y in range(64)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return len(data).to_bytes(4, "big") + kind + data + check.to_bytes(4, "big")

    head = (64).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def items_of(county: County) -> dict[str, Item]:
    with reading(county.engine) as session:
        facts = facts_at(session, county.hospital, county.program, YEAR)
    return items(facts, county.plan, county.program)


def units_of(county: County) -> dict[str, str]:
    with reading(county.engine) as session:
        facts = facts_at(session, county.hospital, county.program, YEAR)
    return units(facts, county.plan, county.program)


def ways_of(county: County) -> tuple[str, ...]:
    indicator = county.program.indicator(county.plan.entity, county.plan.way)
    assert indicator is not None
    return tuple(indicator.choices)


@contextmanager
def act_on(
    county: County, day: str, account: str = GROUP
) -> Iterator[tuple[Act, Callable[[], Standing]]]:
    """An act of the made-up year, in one transaction; and a reader of how the assessment stands."""
    with writing(county.engine) as session:
        act = Act(session, county.hospital, account, moment(day))
        yield act, lambda: standing(session, county.hospital, county.plan, YEAR, hold=True)
        session.commit()


def step(day: str, who: str, did: tuple[str, str], came: tuple[str, str]) -> Step:
    return Step(dt.date.fromisoformat(day), Text(who, who), Text(*did), Text(*came))
