"""Every hook: what a plugin may declare by it, and what is refused at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from plugin_makers import TEAM, TEXT, load, plugin, refused, scheme

from hpf.core import (
    BUILT_IN_METHODS,
    HOSPITAL,
    STAFF,
    Column,
    Dialogue,
    Entity,
    Figure,
    Form,
    ItemMethod,
    Ledger,
    Page,
    Panel,
    PayoutWriter,
    Question,
    Questionnaire,
    RaterGroup,
    ReportSection,
    Scheme,
    StrategyMap,
    entity,
    hookimpl,
    link,
)
from hpf.core.kit.manager import load_plugins, load_programs


def test_hpf_schemes(tmp_path: Path) -> None:
    found = load(one=plugin(hpf_schemes=[scheme(tmp_path)]))
    assert list(found.schemes) == ["demo"]
    assert found.plugin_of == {"demo": "one"}


def test_hpf_schemes_is_given_what_other_plugins_offer(tmp_path: Path) -> None:
    @hookimpl
    def hpf_schemes(
        entities: Mapping[str, Entity], item_methods: Mapping[str, ItemMethod]
    ) -> list[Scheme]:
        made = scheme(tmp_path)
        made.entity(entities["team"])
        made.link(STAFF, link("team", entities["team"], "小组", "Team", optional=True))
        assert "half" in item_methods
        return [made]

    method = ItemMethod("half", TEXT, lambda item: item.weight / 2)
    found = load(
        a=plugin(hpf_schemes=hpf_schemes),
        b=plugin(hpf_entities=[TEAM], hpf_item_methods=[method]),
    )
    assert "team" in load_programs(found)["demo"].entities


def test_hpf_entities(tmp_path: Path) -> None:
    assert load(a=plugin(hpf_entities=[TEAM])).entities["team"] is TEAM
    assert load(a=plugin(hpf_entities=[TEAM]), b=plugin(hpf_entities=[TEAM])).entities["team"]
    other = entity("team", "小组", "Team", link("hospital", HOSPITAL, "医院", "Hospital"))
    told = refused(a=plugin(hpf_entities=[TEAM]), b=plugin(hpf_entities=[other]))
    assert "declares entity 'team' unlike the one that is there" in told


def test_hpf_item_methods() -> None:
    method = ItemMethod("half", TEXT, lambda item: item.weight / 2)
    found = load(a=plugin(hpf_item_methods=[method])).item_methods
    assert list(found) == [*(m.code for m in BUILT_IN_METHODS), "half"]
    taken = ItemMethod("ratio", TEXT, lambda item: item.weight)
    assert "code 'ratio' is declared by plugin 'hpf' and by 'a'" in refused(
        a=plugin(hpf_item_methods=[taken])
    )


def test_hpf_report_sections(tmp_path: Path) -> None:
    section = ReportSection("pay", "demo", "staff", TEXT, ("points",), "bars")
    schemes = [scheme(tmp_path)]
    found = load(a=plugin(hpf_schemes=schemes, hpf_report_sections=[section]))
    assert found.report_sections == (section,)
    wrong = ReportSection("pay", "demo", "staff", TEXT, ("pionts",))
    told = refused(a=plugin(hpf_schemes=schemes, hpf_report_sections=[wrong]))
    assert "there is no 'pionts'. Did you mean points?" in told


def test_a_section_says_how_it_is_drawn_or_is_refused(tmp_path: Path) -> None:
    schemes = [scheme(tmp_path)]

    def told(**given: Any) -> str:
        more = {"rules": ("points",), **given}
        section = ReportSection("pay", "demo", "staff", TEXT, **more)
        return refused(a=plugin(hpf_schemes=schemes, hpf_report_sections=[section]))

    assert "there is no 'baars'. Did you mean bars?" in told(chart="baars")
    assert "'points' bears no =, + or -" in told(chart="waterfall")
    assert "there is no 'piont'. Did you mean points?" in told(rules=("=piont",), chart="waterfall")
    assert "a radar has 5 to 8 axes" in told(chart="radar")
    assert "there is no 'plaice'" in told(place="plaice")
    assert "there is no 'depratment'. Did you mean department?" in told(rules=("depratment.x",))
    assert "there is no 'beds'" in told(rules=("department.beds",))
    assert "there is no 'most'" in told(chart="items", full=("most",))


def test_hpf_payout_writers() -> None:
    writer = PayoutWriter("bank", TEXT, ".txt", lambda run: iter([b"x"]))
    assert load(a=plugin(hpf_payout_writers=[writer])).payout_writers == (writer,)
    assert "returned 'bank', which is no declaration" in refused(
        a=plugin(hpf_payout_writers=["bank"])
    )


def test_hpf_forms(tmp_path: Path) -> None:
    form = Form("marks", "demo", "staff", TEXT, (Column("score"),))
    schemes = [scheme(tmp_path)]
    assert load(a=plugin(hpf_schemes=schemes, hpf_forms=[form])).forms == (form,)
    wrong = Form("marks", "demo", "staf", TEXT, (Column("score"),))
    told = refused(a=plugin(hpf_schemes=schemes, hpf_forms=[wrong]))
    assert "Did you mean staff?" in told
    wrong = Form("marks", "demo", "staff", TEXT, (Column("score"),), role="department")
    told = refused(a=plugin(hpf_schemes=schemes, hpf_forms=[wrong]))
    assert "there is no 'department'. Did you mean departments?" in told


def test_hpf_assessments() -> None:
    """It names facts and results of its scheme; one that is not there is told with the nearest."""
    found = load_plugins(only=["county_public"])
    (one,) = found.assessments
    schemes = list(found.schemes.values())
    again = load(a=plugin(hpf_schemes=schemes, hpf_assessments=[one]))
    assert again.assessments == (one,)
    for name, wrong, near in (
        ("deduction", "deduction", "Did you mean deductions?"),
        ("score", "scores", "Did you mean score?"),
        ("points", "standard_point", "Did you mean standard_points?"),
        ("total", "totals", "Did you mean total"),
        ("line", "indicators", "Did you mean indicator?"),
        ("full", "subsidy", "Did you mean subsidy_full?"),
    ):
        bent = replace(one, **{name: wrong})
        told = refused(a=plugin(hpf_schemes=schemes, hpf_assessments=[bent]))
        assert f"there is no '{wrong}'" in told, name
        assert near in told, name


def test_hpf_pages(tmp_path: Path) -> None:
    page = Page("list", "demo", "staff", TEXT, (Column("id"), Column("score"), Column("points")))
    schemes = [scheme(tmp_path)]
    assert load(a=plugin(hpf_schemes=schemes, hpf_pages=[page])).pages == (page,)
    wrong = Page("list", "dem", "staff", TEXT, (Column("id"),))
    assert "Did you mean demo?" in refused(a=plugin(hpf_schemes=schemes, hpf_pages=[wrong]))
    for more, told in (
        ({"roles": ("financ",)}, "there is no 'financ'. Did you mean finance?"),
        ({"filters": ("points",)}, "there is no 'points'"),  # not among its columns
    ):
        wrong = Page("list", "demo", "staff", TEXT, (Column("id"),), **more)
        assert told in refused(a=plugin(hpf_schemes=schemes, hpf_pages=[wrong]))


def test_hpf_panels(tmp_path: Path) -> None:
    """A panel names a page, and what can be drawn of the rows that the page is about."""
    panel = Panel("own", "demo", "staff", TEXT, "pay", ("points", "score"), "bars")
    schemes = [scheme(tmp_path)]
    assert load(a=plugin(hpf_schemes=schemes, hpf_panels=[panel])).panels == (panel,)
    for more, told in (
        ({"where": "hme"}, "there is no 'hme'. Did you mean home?"),
        ({"rules": ("pionts",)}, "there is no 'pionts'. Did you mean points?"),
        ({"chart": "people"}, "there is no 'people'"),
        ({"where": "department", "chart": "trend"}, "there is no 'trend'"),  # rows, not its own
        ({"chart": "radar"}, "a radar has 5 to 8 axes"),
    ):
        wrong = replace(panel, **more)
        assert told in refused(a=plugin(hpf_schemes=schemes, hpf_panels=[wrong])), more


def test_hpf_questionnaires(tmp_path: Path) -> None:
    schemes = [scheme(tmp_path)]
    one = Questionnaire(
        "sides", "demo", "staff", TEXT, (Question("team", TEXT), Question("say", TEXT, "text")),
        (RaterGroup("peers", TEXT, "peers"), RaterGroup("own", TEXT, "self")),
        (Figure("mean", TEXT, ("team",), indicator="score"),),
        minimum="least", missing="missing", weights="weights",
    )  # fmt: skip

    def told(**given: Any) -> str:
        bent = replace(one, **given)
        return refused(a=plugin(hpf_schemes=schemes, hpf_questionnaires=[bent]))

    found = load(a=plugin(hpf_schemes=schemes, hpf_questionnaires=[one]))
    assert found.questionnaires == (one,)
    assert "there is no 'peer'. Did you mean peers?" in told(
        groups=(RaterGroup("a", TEXT, "peer"),)
    )
    assert "there is no 'scroe'. Did you mean score?" in told(
        figures=(Figure("mean", TEXT, ("team",), indicator="scroe"),)
    )
    assert "there is no 'say'" in told(figures=(Figure("mean", TEXT, ("say",)),))
    assert "no weights between them" in told(weights="")
    assert "'team' stands twice" in told(questions=(Question("team", TEXT),) * 2)
    assert "a scale has 2 to 11 steps" in told(questions=(Question("team", TEXT, high=12),))
    assert "5 steps, 1 labels" in told(questions=(Question("team", TEXT, labels=(TEXT,)),))
    assert "'mean': scales differ" in told(
        questions=(Question("team", TEXT), Question("care", TEXT, low=0)),
        figures=(Figure("mean", TEXT, ("team", "care")),),
    )
    assert "a share names `satisfied`" in told(figures=(Figure("m", TEXT, ("team",), "share"),))
    assert "it needs questions, groups and figures" in told(figures=())
    assert "points by which scale?" in told(
        figures=(Figure("m", TEXT, ("team",), points_indicator="score"),)
    )


def booked(folder: Path) -> Scheme:
    """A scheme with a ledger's entities, talks and a map."""
    made = scheme(folder)
    standard = made.entity(entity("standard", "标准", "Standard"))
    entry = made.entity(
        entity("entry", "分录", "Entry", link("staff", STAFF, "人", "Person"),
               link("standard", standard, "标准", "Standard"))
    )  # fmt: skip
    made.link(entry, link("undoes", entry, "冲销", "Undoes", optional=True))
    for name in ("sign", "day", "reason", "seen", "earlier"):
        made.text(entry, name, zh=name, en=name)
    made.decimal(entry, "points", zh="分", en="Points")
    made.decimal(standard, "worth", zh="分", en="Worth")
    made.choice(standard, "kind", ["加分", "扣分"], zh="类", en="Kind")
    made.integer(STAFF, "talks", zh="沟通", en="Talks")
    made.integer(STAFF, "trainings", zh="培训", en="Trainings")
    goal = made.entity(entity("goal", "目标", "Goal"))
    made.entity(entity("arrow", "因果", "Arrow", link("cause", goal, "因", "Cause"),
                       link("effect", goal, "果", "Effect")))  # fmt: skip
    made.entity(entity("pair", "对应", "Pair", link("goal", goal, "目标", "Goal"),
                       link("standard", standard, "标准", "Standard")))  # fmt: skip
    made.text(goal, "view", zh="维度", en="View")
    made.integer(goal, "level", zh="层", en="Level")
    return made


def test_hpf_ledgers(tmp_path: Path) -> None:
    one = Ledger(
        "merits", "demo", "entry", TEXT, account="", person="staff", standard="standard",
        reverses="undoes", sign="sign", signs=("加", "减"), points="points", day="day",
        reason="reason", seen="seen", earlier="earlier", kind="kind", bonus="加分",
        worth="worth", seen_within="days",
    )  # fmt: skip
    schemes = [booked(tmp_path)]
    assert load(a=plugin(hpf_schemes=schemes, hpf_ledgers=[one])).ledgers == (one,)
    for more, told in (
        ({"person": "stuff"}, "there is no 'stuff'. Did you mean staff?"),
        ({"account": "tally"}, "there is no 'tally'"),
        ({"points": "pionts"}, "there is no 'pionts'. Did you mean points?"),
        ({"worth": "wroth"}, "there is no 'wroth'. Did you mean worth?"),
        ({"adjustment": "change"}, "there is no 'change'"),
        ({"adjustment": "entry", "unit": "ward"}, "there is no 'ward'"),
    ):
        wrong = replace(one, **more)
        assert told in refused(a=plugin(hpf_schemes=schemes, hpf_ledgers=[wrong])), more


def test_hpf_dialogues(tmp_path: Path) -> None:
    one = Dialogue("talks", "demo", "staff", TEXT, "talks", "trainings", "a", "b", "c")
    schemes = [booked(tmp_path)]
    assert load(a=plugin(hpf_schemes=schemes, hpf_dialogues=[one])).dialogues == (one,)
    wrong = replace(one, talks="tlaks")
    told = refused(a=plugin(hpf_schemes=schemes, hpf_dialogues=[wrong]))
    assert "there is no 'tlaks'. Did you mean talks?" in told


def test_hpf_maps(tmp_path: Path) -> None:
    one = StrategyMap(
        "map", "demo", "goal", TEXT, "view", "level", (), "arrow", "cause", "effect",
        "pair", "goal", "standard",
    )  # fmt: skip
    schemes = [booked(tmp_path)]
    assert load(a=plugin(hpf_schemes=schemes, hpf_maps=[one])).maps == (one,)
    for more, told in (
        ({"level": "levle"}, "there is no 'levle'. Did you mean level?"),
        ({"arrow": "arow"}, "there is no 'arow'. Did you mean arrow?"),
        ({"effect": "efect"}, "there is no 'efect'. Did you mean effect?"),
        ({"score": "poinst"}, "there is no 'poinst'"),
        ({"sources": ("from_law",)}, "there is no 'from_law'"),
    ):
        wrong = replace(one, **more)
        assert told in refused(a=plugin(hpf_schemes=schemes, hpf_maps=[wrong])), more
