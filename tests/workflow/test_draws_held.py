"""Draws held in an assessment: seed first, then the pool, then the draw; each once."""

from __future__ import annotations

import itertools
import json

import pytest
from county import Desk, codes

from hpf.core.errors import HpfError
from hpf.storage.engine import reading
from hpf.storage.models import AuditEntry
from hpf.workflow import draws_held
from hpf.workflow.assessments_people import add_experts, expert_of, pool, remove_expert, unit_of
from hpf.workflow.draws import verify
from hpf_cli.demo_county_acts import units_of
from hpf_cli.demo_county_year import DRAW

WANTED = {"临床": 1, "医院管理": 1}


def test_the_seed_is_committed_to_before_the_pool_is_fixed_and_opened_after(fresh: Desk) -> None:
    """Whatever is done out of order is refused, and the seed shows nowhere before the draw."""
    fresh.open()
    known = units_of(fresh.county)
    with pytest.raises(HpfError) as error, fresh.on("2026-09-28") as (act, at):
        draws_held.fix_pool(act, at, DRAW)
    assert codes(error) == ["draw.no_seed"]
    with fresh.on("2026-09-28") as (act, at):
        entry = draws_held.commit_seed(act, at, fresh.keys, DRAW, ["H1"], WANTED, known)
        committed = entry.detail["commitment"]
    with pytest.raises(HpfError) as error, fresh.on("2026-09-28") as (act, at):
        draws_held.hold_draw(act, at, fresh.keys, DRAW)
    assert codes(error) == ["draw.no_pool"]
    with fresh.on("2026-09-29") as (act, at):
        draws_held.fix_pool(act, at, DRAW)
    # experts who come later are not in this draw
    with fresh.on("2026-09-30") as (act, at):
        assert add_experts(act, [("E99", "示例专家99", "临床", "", "")]) == 1
    with fresh.on("2026-10-09") as (act, at):
        entry = draws_held.hold_draw(act, at, fresh.keys, DRAW)
        told = json.loads(json.dumps(entry.detail["document"]))
    assert told["commitment"] == committed
    assert "E99" not in [c["expert"] for c in told["pool"]]
    assert verify(told) == []
    with reading(fresh.county.engine) as session:
        before = [e for e in session.query(AuditEntry) if e.action in
                  ("assessment.commitment", "assessment.pool")]  # fmt: skip
        assert len(before) == 2
        assert all(told["seed"] not in str(e.detail) for e in before)
    with pytest.raises(HpfError) as error, fresh.on("2026-10-10") as (act, at):
        draws_held.fix_pool(act, at, DRAW)
    assert codes(error) == ["draw.fixed"]
    with pytest.raises(HpfError) as error, fresh.on("2026-10-10") as (act, at):
        draws_held.hold_draw(act, at, fresh.keys, DRAW)
    assert codes(error) == ["draw.held"]


def test_experts_of_the_assessed_hospital_are_excluded(drawn: Desk) -> None:
    told = drawn.at().last("draw").detail["document"]
    assert told["excluded"] == dict.fromkeys(["E01", "E05", "E08", "E14"], "employer")
    assert not {"E01", "E05", "E08", "E14"} & {d["expert"] for d in told["drawn"]}


def test_nobody_is_drawn_twice_in_an_assessment(fresh: Desk) -> None:
    """A second draw, for the other hospitals, has other experts; a hospital has one draw."""
    fresh.open()
    fresh.draw(["H1"], 护理=2)
    known = units_of(fresh.county)
    with pytest.raises(HpfError) as error, fresh.on("2026-10-09") as (act, at):
        draws_held.commit_seed(act, at, fresh.keys, DRAW, ["H1", "H9"], {}, known)
    assert codes(error) == ["draw.committed", "draw.covered", "draw.hospital", "draw.nobody"]
    with fresh.on("2026-10-09") as (act, at):
        wanted = {"护理": 1}
        draws_held.commit_seed(act, at, fresh.keys, "第二组", ["H2", "H3"], wanted, known)
    with fresh.on("2026-10-09") as (act, at):
        draws_held.fix_pool(act, at, "第二组")
    with fresh.on("2026-10-10") as (act, at):
        told = draws_held.hold_draw(act, at, fresh.keys, "第二组").detail["document"]
    first, second = draws_held.teams(fresh.at())
    assert not set(first.experts) & set(second.experts)
    assert told["taken"] == sorted(first.experts)
    # E08 works at H3; of the three others those are left who were not drawn before
    (out,) = second.experts
    left = {"E07", "E09", "E10"} - set(first.experts) - {out}
    assert len(left) == int("E08" in first.experts)
    if left:
        with fresh.on("2026-10-11") as (act, at):
            out = draws_held.substitute(act, at, "第二组", out, "病").detail["in"]
        assert {out} == left
    with pytest.raises(HpfError) as error, fresh.on("2026-10-11") as (act, at):
        draws_held.substitute(act, at, "第二组", out, "病")
    assert codes(error) == ["draw.no_substitute"]


def test_substitutes_come_in_drawn_order(drawn: Desk) -> None:
    told = drawn.at().last("draw").detail["document"]["drawn"]
    order = [d["expert"] for d in told if d["speciality"] == "临床"]
    for out, came in itertools.pairwise(order):
        with drawn.on("2026-10-10") as (act, at):
            assert draws_held.substitute(act, at, DRAW, out, "病").detail["in"] == came
    assert set(draws_held.team_of(drawn.at())["H2"].experts) & set(order) == {order[-1]}
    with pytest.raises(HpfError) as error, drawn.on("2026-10-11") as (act, at):
        draws_held.substitute(act, at, DRAW, order[0], " ")
    assert codes(error) == ["draw.no_member", "draw.why"], "who was replaced does not come back"


def test_the_pool_says_what_holds_now(fresh: Desk) -> None:
    fresh.open("2026-01-20")
    with fresh.on("2026-02-01") as (act, _):
        assert add_experts(act, [("E02", "示例专家02", "护理", "H1", "e02")]) == 1
        assert add_experts(act, [("E02", "示例专家02", "护理", "H1", "e02")]) == 0
        remove_expert(act, "E03")
    with reading(fresh.county.engine) as session:
        found = {e.code: e for e in pool(session, fresh.county.hospital)}
        assert (found["E02"].speciality, found["E02"].employer) == ("护理", "H1")
        assert "E03" not in found
        assert expert_of(session, fresh.county.hospital, "e03") is None
        assert expert_of(session, fresh.county.hospital, "e02").code == "E02"
        assert unit_of(session, fresh.county.hospital, "h2") == "H2"
        assert unit_of(session, fresh.county.hospital, "e02") == ""
    with pytest.raises(HpfError) as error, fresh.on("2026-02-01") as (act, _):
        add_experts(act, [("E50", "", "临床", "", ""), ("E51", "甲", "临床", "", "e02"),
                          ("E51", "甲", "临床", "", "")])  # fmt: skip
    assert codes(error) == ["expert.account", "expert.lacks", "expert.twice"]
    with pytest.raises(HpfError) as error, fresh.on("2026-02-01") as (act, _):
        remove_expert(act, "E77")
    assert codes(error) == ["expert.unknown"]


def test_only_the_group_draws(drawn: Desk) -> None:
    for account in ("e02", "h1"):
        with pytest.raises(HpfError) as error, drawn.on("2026-10-10", account) as (act, at):
            draws_held.substitute(act, at, DRAW, "E02", "x")
        assert codes(error) == ["assess.group"]
