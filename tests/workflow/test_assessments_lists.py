"""Visits of many hospitals and the pool from lists: all of a list or nothing, by cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from county import Desk, codes

from hpf.core.errors import HpfError
from hpf.workflow.assessments_lists import read_experts, read_visits
from hpf.workflow.assessments_people import enter_experts, expert_changes
from hpf.workflow.visits import visit_all
from hpf_cli.demo_county_acts import units_of


def csv(folder: Path, text: str) -> Path:
    (folder / "list.csv").write_text(text, "utf-8-sig")
    return folder / "list.csv"


def test_a_list_of_visits_is_entered_whole_with_its_team_and_its_notices(
    drawn: Desk, tmp_path: Path
) -> None:
    """By id or by name; without a kind it is the concentrated one."""
    known = units_of(drawn.county)
    text = f"医院,日期,检查,说明\nH1,2026-10-13,,\n{known['H2']},2026-10-21,集中考核,合成\n"
    text += "H3,2026-06-01,irregular,抽查\n"
    with drawn.on("2026-10-22") as (act, at):
        made, told = visit_all(act, at, read_visits(csv(tmp_path, text), known), known)
    assert [(e.unit, e.detail["kind"]) for e in made] == [
        ("H1", "concentrated"), ("H2", "concentrated"), ("H3", "irregular"),
    ]  # fmt: skip
    assert made[0].detail["experts"] == drawn.team
    assert made[2].detail["experts"] == []
    assert [p.code for p in told] == ["visit.window"]


def test_one_bad_line_keeps_all_visits_out_and_each_is_named_by_its_cell(
    drawn: Desk, tmp_path: Path
) -> None:
    known = units_of(drawn.county)
    text = "医院,日期,检查\nH1,2026-10-13,\nH1,2026-10-14,\nH9,2026-10-14,\n"
    text += "H2,2027-01-02,\nH3,2026-10-13,逛逛\n"
    given = read_visits(csv(tmp_path, text), known)
    with pytest.raises(HpfError) as found, drawn.on("2026-10-22") as (act, at):
        visit_all(act, at, given, known)
    told = [(p.code, p.place.rpartition(" ")[2]) for p in found.value.problems]
    assert sorted(told) == [("visit.day", "A5"), ("visit.hospital", "A4"), ("visit.kind", "A6"),
                            ("visit.twice", "A3")]  # fmt: skip
    assert drawn.at().all("visit") == []
    with pytest.raises(HpfError) as found:
        read_visits(csv(tmp_path, "医院,日期\n,2026-10-13\nH1,\n"), known)
    assert [p.place for p in found.value.problems] == ["list.csv [list] A2", "list.csv [list] B3"]
    with pytest.raises(HpfError) as found, drawn.on("2026-10-22") as (act, at):
        visit_all(act, at, [], known)
    assert codes(found) == ["visit.none"]


def test_what_a_list_does_to_the_pool_is_seen_before_it_is_written(
    fresh: Desk, tmp_path: Path
) -> None:
    text = "编号,姓名,专业,所在医院,账号\nE01,专家E01（合成）,临床,H1,e01\n"
    text += "E02,新名,临床,,e02\nE99,新人,护理,,\n"
    given = read_experts(csv(tmp_path, text))
    with fresh_act(fresh) as act:
        changes, wrong = expert_changes(act.session, act.hospital, given)
        assert wrong == []
        kinds = {c.line.code: c.kind for c in changes}
        assert kinds["E99"] == "new"
        assert kinds["E02"] == "changed"
        assert enter_experts(act, given) == sum(k != "same" for k in kinds.values())


def test_everything_wrong_with_a_list_of_experts_is_told_by_cell(
    fresh: Desk, tmp_path: Path
) -> None:
    text = "编号,姓名,专业,所在医院,账号\nE90,,临床,,\nE91,甲,临床,,nobody\nE91,乙,临床,,e02\n"
    given = read_experts(csv(tmp_path, text))
    with fresh_act(fresh) as act:
        with pytest.raises(HpfError) as found:
            enter_experts(act, given)
        told = sorted((p.code, p.place.rpartition(" ")[2]) for p in found.value.problems)
        assert told == [("expert.account", "A4"), ("expert.lacks", "A2"),
                        ("expert.no_account", "A3"), ("expert.twice", "A4")]  # fmt: skip


def fresh_act(desk: Desk):
    """The group's act on day one, without an assessment."""
    from contextlib import contextmanager

    from hpf.storage.engine import writing
    from hpf.workflow.acting import Act
    from hpf_cli.demo_county_home import GROUP, moment

    @contextmanager
    def open_():
        with writing(desk.county.engine) as session:
            yield Act(session, desk.county.hospital, GROUP, moment("2026-03-02"))

    return open_()
