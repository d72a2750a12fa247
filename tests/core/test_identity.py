"""Keys of links: what only one row may have together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hpf.core import DEPARTMENT, HOSPITAL, Formula, Row, Scheme, entity, link
from hpf.core.build import build
from hpf.core.checking import check
from hpf.core.entities import Entity
from hpf.core.errors import Problem
from hpf.core.facts import Facts, Source, Table, facts_of
from hpf.core.identity import duplicate_keys
from hpf.core.periods import Period
from hpf.core.program import Program

WHEN = Period.parse("2026-09")


def posts(folder: Path, *key: str) -> Program:
    """Posts link a department to a hospital that lends it, both of them optional."""
    scheme = Scheme("posts", zh="岗位", en="Posts", document="T", here=str(folder / "x.py"))
    post = scheme.entity(
        entity(
            "post",
            "岗位",
            "Post",
            link("department", DEPARTMENT, "科室", "Department", "posts"),
            link("lender", HOSPITAL, "出借医院", "Lender", "lent", optional=True),
            key=key,
        )
    )
    scheme.integer(post, "people", zh="人数", en="People", clause="T.1")

    @scheme.rule(HOSPITAL, zh="借出人数", en="Lent", clause="T.1")
    def lent_people(hospital: Row) -> Formula:
        return hospital.lent.people.sum()

    @scheme.rule(post, zh="人数", en="People", clause="T.1")
    def counted(row: Row) -> Formula:
        return row.people

    return build(scheme)


def rows(**given: str) -> dict[str, dict[str, Any]]:
    """`A="D H"`: post A of department D, lent by H."""
    found = {}
    for id, links in given.items():
        department, *lender = links.split()
        found[id] = {"department": department, "people": 1, "lender": (lender or [None])[0]}
    return found


def problems(program: Program, given: dict[str, dict[str, Any]]) -> list[Problem]:
    data = {
        "hospital": {"H": {}, "K": {}},
        "department": {"D": {"hospital": "H"}, "E": {"hospital": "H"}},
        "post": given,
    }
    return check(program, facts_of(program, WHEN, data))[1]


def test_no_two_rows_have_the_same_key(tmp_path: Path) -> None:
    program = posts(tmp_path, "department", "lender")
    given = rows(A="D H", B="D K", C="E H", X="D H", Y="D H")
    found = problems(program, given)
    assert [(p.code, p.id) for p in found] == [
        ("facts.duplicate_key", "X"),
        ("facts.duplicate_key", "Y"),
    ]
    assert found[0].message.zh == "科室 D、出借医院 H 的岗位重复，第一次在 [post] A.department（A）"
    assert found[0].message.en == (
        "Department D, Lender H: the Post stands twice, first at [post] A.department (A)"
    )
    assert found[0].place == "[post] X.department"
    assert "删去" in found[0].cure.zh
    assert "Remove" in found[0].cure.en


def test_a_row_without_one_of_the_links_is_no_duplicate(tmp_path: Path) -> None:
    program = posts(tmp_path, "department", "lender")
    assert problems(program, rows(A="D", B="D", C="D H")) == []


def test_without_a_key_rows_may_be_alike(tmp_path: Path) -> None:
    assert problems(posts(tmp_path), rows(A="D H", B="D H")) == []


def test_no_rows_at_all(tmp_path: Path) -> None:
    assert problems(posts(tmp_path, "department"), {}) == []


def test_the_first_is_the_first_of_the_sheet(tmp_path: Path) -> None:
    program = posts(tmp_path, "department")
    frame = pl.DataFrame({"id": ["Z", "A"], "department": ["D", "D"], "people": [1, 1]})
    source = Source("book.xlsx", "post", {"id": "A", "department": "B", "people": "C"}, [3, 4])
    others = facts_of(
        program, WHEN, {"hospital": {"H": {}}, "department": {"D": {"hospital": "H"}}}
    )
    facts = Facts(WHEN, {**others.tables, "post": Table("post", frame, source)})
    (found,) = check(program, facts)[1]
    assert found.id == "A"
    assert found.place == "book.xlsx [post] B4"
    assert "B3" in found.message.en


def test_many_links_are_compared_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hpf.core.identity.math.prod", lambda sizes: 2**63)
    program = posts(tmp_path, "department", "lender")
    assert [p.id for p in problems(program, rows(A="D H", B="D K", X="D K"))] == ["X"]


def test_a_further_link_keeps_the_key(tmp_path: Path) -> None:
    scheme = Scheme("posts", zh="岗位", en="Posts", document="T", here=str(tmp_path / "x.py"))
    first = link("department", DEPARTMENT, "科室", "Department")
    post = scheme.entity(entity("post", "岗位", "Post", first, key=("department",)))
    scheme.link(post, link("lender", HOSPITAL, "出借医院", "Lender"))
    assert scheme.entities["post"].key == ("department",)


def test_a_key_names_links() -> None:
    with pytest.raises(ValueError, match="no link"):
        entity("post", "岗位", "Post", link("department", DEPARTMENT, "科室", "D"), key=("team",))


def test_links_that_were_not_resolved_are_not_compared(tmp_path: Path) -> None:
    program = posts(tmp_path, "department")
    checked, _ = check(
        program,
        facts_of(
            program,
            WHEN,
            {"hospital": {}, "department": {}, "post": {}},
        ),
    )
    other = Entity("post", program.entities["post"].names, (), ("nobody",))
    assert list(duplicate_keys(other, checked.rows["post"])) == []
