"""From a file to what it changes: whole workbooks, parts of them, and exports read by a mapping."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sqlalchemy import Engine, select

from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Scheme
from hpf.core.build import build
from hpf.core.errors import FactsError
from hpf.core.facts import Facts, Table, facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake.mapping import MappingError, as_data, parse_mapping
from hpf.receiving import keep, receive, receive_mapped, together
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.mappings import mapping_of, mappings, save_mapping
from hpf.storage.models import Import
from hpf.storage.texts import from_texts, kind_of, to_texts
from hpf.storage.troubles import StorageError, TamperError

PERIOD = Period.parse("2026-09")
FILES = {
    "hospital": "id,name\nH,某医院\n",
    "department": "id,hospital,income\nD1,H,1000.5\nD2,H,0\n",
    "staff": "id,department,points\nA1,D1,12.5\nA2,D2,\n",
}


@pytest.fixture(scope="module")
def program() -> Program:
    scheme = Scheme("small", zh="小方案", en="Small", document="T", here=__file__)
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    scheme.decimal(STAFF, "points", zh="分", en="Points", unit=POINT, blank="zero", low=0)
    return build(scheme)


def folder(path: Path, **changes: str | None) -> Path:
    path.mkdir()
    for name, content in {**FILES, **changes}.items():
        if content is not None:
            (path / f"{name}.csv").write_text(content, "utf-8")
    return path


def now(engine: Engine, hospital: int, program: Program) -> dict[str, dict[str, Any]]:
    with reading(engine) as session:
        facts = facts_at(session, hospital, program, PERIOD)
    return {r["id"]: r for t in facts.tables.values() for r in t.frame.iter_rows(named=True)}


def test_a_whole_workbook_must_hold(
    database: Engine, hospital: int, program: Program, tmp_path: Path
) -> None:
    path = folder(tmp_path / "a")
    shown = receive(database, hospital, program, PERIOD, path)
    assert shown.accepted_zeros == 1
    saved = keep(database, shown, by="张三", path=path)
    assert saved is not None
    assert saved.file == "a"
    assert len(saved.file_digest) == 64
    bad = folder(tmp_path / "b", staff="id,department,points\nA1,D9,-1\n", department=None)
    with pytest.raises(FactsError) as caught:
        receive(database, hospital, program, PERIOD, bad)
    assert {p.code for p in caught.value.problems} >= {"facts.bounds", "intake.missing_sheet"}


def test_a_bound_indicator_needs_no_column(
    database: Engine, hospital: int, program: Program, tmp_path: Path
) -> None:
    path = folder(tmp_path / "a", department="id,hospital\nD1,H\nD2,H\n")
    with pytest.raises(FactsError, match="income"):
        receive(database, hospital, program, PERIOD, path)
    bound = {("department", "income")}
    assert not receive(database, hospital, program, PERIOD, path, bound=bound).empty


def test_a_part_is_checked_together_with_what_is_there(
    database: Engine, hospital: int, program: Program, tmp_path: Path
) -> None:
    """It may lean on rows that came before, and is told only what is wrong with its own."""
    keep(database, receive(database, hospital, program, PERIOD, folder(tmp_path / "a")), by="x")
    late = folder(tmp_path / "b", hospital=None, department=None,
                  staff="id,department,points\nA3,D2,0.125\nA1,,13\n")  # fmt: skip
    shown = receive(database, hospital, program, PERIOD, late, extent="part")
    assert [(c.id, c.code, c.old, c.new) for c in shown.cells()] == [("A1", "points", "12.5", "13")]
    keep(database, shown, by="x")
    found = now(database, hospital, program)
    assert found["A1"]["department"] == "D1", "a blank link says nothing"
    assert found["A3"]["points"] == Decimal("0.125")
    assert found["A2"]["points"] is None
    for rows, code, cell in (
        ("id,department,points\nA1,D9,1\n", "facts.unknown_parent", "B2"),
        ("id,department,points\nA2,D1,-3\n", "facts.bounds", "C2"),
        ("id,department,points\nA1,D1,x\n", "intake.not_a_number", "C2"),
        ("id,points\nA1,1\nA1,2\n", "facts.duplicate_id", "A2"),
    ):
        path = folder(tmp_path / code, hospital=None, department=None, staff=rows)
        with pytest.raises(FactsError) as caught:
            receive(database, hospital, program, PERIOD, path, extent="part")
        places = [(p.code, p.place.rpartition(" ")[2]) for p in caught.value.problems]
        assert code in [c for c, _ in places], places
        assert cell in [c for _, c in places], places


def test_columns_of_both_fit_together_exactly(program: Program) -> None:
    """Decimals of other scales must not meet as doubles."""
    stored = facts_of(program, PERIOD, {"staff": {"A1": {"points": "0.1"}, "A2": {"points": "3"}}})
    part = facts_of(program, PERIOD, {"staff": {"A3": {"points": "0.123456789012"}}})
    frame = together(part, stored).tables["staff"].frame.sort("id")
    assert frame["points"].dtype == pl.Decimal(38, 12)
    assert frame["points"].to_list() == [Decimal("0.1"), Decimal(3), Decimal("0.123456789012")]
    only = Facts(PERIOD, {"staff": Table("staff", pl.DataFrame({"id": ["A9"]}))})
    assert together(only, Facts(PERIOD, {})).tables["staff"].frame["id"].to_list() == ["A9"]


MAPPING = {
    "name": "his",
    "scheme": "small",
    "columns": {"工号": "code", "得分": "score"},
    "entity": "staff",
    "id": "code",
    "facts": {"points": {"sum": "score"}},
}


def test_a_mapping_is_kept_as_versions_and_the_import_names_its_own(
    database: Engine, hospital: int, program: Program, tmp_path: Path
) -> None:
    keep(database, receive(database, hospital, program, PERIOD, folder(tmp_path / "a")), by="x")

    def store(**changes: Any) -> int | None:
        mapping = as_data(parse_mapping({**MAPPING, **changes}, {"small": program}, "x"))
        with writing(database) as session:
            saved = save_mapping(session, hospital, "his", "small", mapping, by="李四")
            session.commit()
            return saved.version if saved else None

    assert store() == 1
    assert store() is None, "the same is no new version"
    assert store(ids={"1": "A1"}) == 2
    with reading(database) as session:
        assert mapping_of(session, hospital, "his", 1).mapping["ids"] == {}
        assert [(m.name, m.version) for m in mappings(session, hospital)] == [("his", 2)]
        for name, version, said in (("hsi", None, "his"), ("his", 9, "version 9")):
            with pytest.raises(StorageError, match=said):
                mapping_of(session, hospital, name, version)
    export = tmp_path / "导出.csv"
    export.write_text("工号,得分\n1,2.5\n1,0.25\n", "utf-8")
    shown = receive_mapped(database, hospital, program, PERIOD, export, "his")
    assert [(c.old, c.new, c.place) for c in shown.cells()] == [
        ("12.5", "2.75", "导出.csv [导出] B2:B3")
    ]
    saved = keep(database, shown, by="x", path=export)
    assert saved is not None
    with reading(database) as session:
        one = session.scalars(select(Import).order_by(Import.id.desc())).first()
        assert one is not None
        assert "mapping his 2" in one.notices[0]["message"]["en"]
    with pytest.raises(MappingError):
        receive_mapped(database, hospital, build(
            Scheme("other", zh="别的", en="Other", document="T", here=__file__)
        ), PERIOD, export, "his")  # fmt: skip


def test_what_is_no_value_of_its_type_is_found_when_it_is_read() -> None:
    for kind, text in (
        ("decimal", "1e3"),
        ("decimal", "x"),
        ("boolean", "1"),
        ("date", "2026-13-01"),
    ):
        with pytest.raises(TamperError):
            from_texts(pl.Series([text]), kind, "x")
    for dtype in (pl.Float64, pl.Datetime):
        with pytest.raises(TypeError):
            kind_of(dtype())
    column = pl.Series([Decimal("-0.00"), Decimal("10.50"), None], dtype=pl.Decimal(38, 2))
    assert to_texts(column).to_list() == ["0", "10.5", None]
