"""Releases: they pay the units that waited and touch nobody else; differences leave these alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from wards import JUNE, MAY, Desk, data, scheme, two_units

from hpf.core.errors import HpfError
from hpf.core.holding import HeldUnit
from hpf.storage.ceilings import spent
from hpf.storage.engine import reading
from hpf.storage.models import StoredRun
from hpf.storage.runs import units_held
from hpf.supplements import supplement


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, scheme(tmp_path / "ward"))


def complete(**points: str) -> dict[str, Any]:
    given = two_units()
    for id, value in ({"B1": "4"} | points).items():
        given["staff"][id]["points"] = value
    return given


def refused(desk: Desk, **more: Any) -> list[tuple[str, str]]:
    """Codes and cures; and nothing was written."""
    with pytest.raises(HpfError) as told:
        desk.seal(MAY, **more)
    with reading(desk.engine) as session:
        assert session.scalars(select(StoredRun).where(StoredRun.kind == "release")).all() == []
    return [(p.code, p.cure.en) for p in told.value.problems]


def corrected(desk: Desk) -> Any:
    return supplement(desk.engine, desk.programs, desk.hospital, "ward", MAY, by="王五",
                      pay_in=JUNE, reason="更正")  # fmt: skip


def test_a_release_belongs_to_the_run_that_held_the_unit(desk: Desk) -> None:
    """Under another number everybody would count as not paid yet."""
    desk.report(JUNE, data())
    june = desk.seal(JUNE)
    desk.report(MAY, two_units())
    desk.hold("D2")
    main = desk.seal(MAY)
    desk.report(MAY, complete())
    desk.release("D2")
    right = f"Write --release-of {main.id}"
    for other in (june.id, 77, None):
        assert refused(desk, kind="release", of=other) == [("storage.release_of", right)]
    assert desk.seal(MAY, kind="release", of=main.id).fresh
    with pytest.raises(HpfError, match="nothing was held back"):
        desk.seal(MAY, kind="release", of=main.id)


def test_a_released_line_counts_once_in_what_was_spent(desk: Desk) -> None:
    """The release's line takes the place of the held one, whatever sums were known before."""
    desk.report(MAY, complete())
    whole = desk.seal(MAY)
    known: dict[tuple[int, str], Decimal] = {}
    with reading(desk.engine) as session:
        once = spent(session, session.get_one(StoredRun, whole.id), MAY, known=known)
    desk.report(MAY, two_units())
    desk.hold("D2")
    main = desk.seal(MAY)
    desk.report(MAY, complete())
    desk.release("D2")
    desk.seal(MAY, kind="release", of=main.id)
    with reading(desk.engine) as session:
        again = session.get_one(StoredRun, main.id)
        assert spent(session, again, MAY, known=known) == spent(session, again, MAY) == once


def test_a_release_changes_nobody_who_was_paid(desk: Desk) -> None:
    """They are left out of its pay list, so that a change of theirs would be lost there."""
    desk.report(MAY, two_units())
    desk.hold("D2")
    main = desk.seal(MAY)
    desk.report(MAY, complete(A2="9"))
    desk.release("D2")
    (told,) = refused(desk, kind="release", of=main.id)
    assert told[0] == "storage.release_changes"
    desk.hold("D2")  # the cure that was named
    lines = {x.id for x in corrected(desk).lines if x.rule == "pay"}
    assert lines == {"A1", "A2", "A3"}, "B1 has a figure now, and waits for the release"
    desk.release("D2")
    released = desk.seal(MAY, kind="release", of=main.id)
    assert released.run.value("staff", "B1", "pay") == Decimal("55.00")


def test_a_difference_pays_nobody_whose_release_is_due(desk: Desk) -> None:
    """It would pay them once, and the release again."""
    desk.report(MAY, two_units())
    desk.hold("D2")
    main = desk.seal(MAY)
    desk.report(MAY, complete())
    desk.release("D2")
    with pytest.raises(HpfError, match=rf"is released.*--release-of {main.id}"):
        corrected(desk)


def test_a_hold_after_the_seal_takes_no_pay_back(desk: Desk) -> None:
    desk.report(MAY, complete())
    desk.seal(MAY)
    desk.hold("D2")
    desk.report(MAY, two_units())
    with pytest.raises(HpfError, match="held back since"):
        corrected(desk)


def test_who_still_waits_is_no_difference(desk: Desk) -> None:
    desk.report(MAY, two_units())
    desk.hold("D2")
    desk.seal(MAY)
    given = two_units()
    given["staff"]["A2"]["points"] = "9"
    desk.report(MAY, given)
    assert "B1" not in {x.id for x in corrected(desk).lines}


def test_a_unit_kept_with_three_figures_counts_its_blanks_as_it_did() -> None:
    """Runs sealed before blanks of held units were told from zeros replay as they were."""
    old, new = ["department", "D1", True], ["department", "D2", False, False]
    assert units_held(StoredRun(held=[old, new])) == [
        HeldUnit("department", "D1", in_doubt=True, zeros=True), HeldUnit("department", "D2"),
    ]  # fmt: skip
