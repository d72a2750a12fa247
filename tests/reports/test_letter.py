"""The letter to a hospital: grade, place, what follows, and evidence for every point lost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.reports.brand import Brand
from hpf.reports.cards.grading import scale
from hpf.reports.cards.letter import letter, letter_model
from hpf.reports.issue import Issue, Standing
from hpf.reports.issuing import print_cards
from hpf.reports.press import Paper
from hpf.storage.troubles import StorageError
from hpf_cli.samples import shipped

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]
Print = Callable[[Paper], pypdf.PdfReader]


@pytest.fixture(scope="module")
def county() -> Issue:
    plugins = load_plugins()
    programs = load_programs(plugins)
    program = programs["county_public"]
    config = HospitalConfig.read(program.folder / "sample" / "config.yaml", programs)
    settings = config.settings.get("county_public")
    before, run = (calculate(program, s.facts(), settings) for s in shipped(program, programs))
    return Issue(
        run, Brand("示例县卫生健康局"), Standing.FINAL, before, number=2, synthetic=True,
        appeal_until=dt.date(2026, 12, 4), sections=plugins.report_sections,
        code=lambda entity, id: "K7Q4-9XMD-2HVT",
    )  # fmt: skip


def points(said: str) -> Decimal:
    return Decimal(said.replace("−", "-").rstrip("…"))


def test_total_grade_place_and_what_follows(county: Issue) -> None:
    said = letter_model(county, "H3")[0]
    assert (said.total, said.full) == ("59.28…", "满分 100.00")
    assert (said.grade, said.grade_note) == ("不合格", "距合格 0.71… 分")
    assert (said.place, said.among) == ("3", "/ 3")
    assert [(x.name, x.text) for x in said.follows] == [
        ("拨付补助资金", "3,150,000.00 元"),
        ("扣减补助资金", "350,000.00 元"),
        ("不合格", "通报批评并限期整改"),
    ]
    assert all(x.clause.startswith("S4.5-4.3") for x in said.follows)
    assert said.before.startswith("上期第 3")


def test_a_shared_place_says_how_many_share_it(county: Issue) -> None:
    for id in ("H1", "H2"):
        said = letter_model(county, id)[0]
        assert said.place == "1"
        assert said.before.startswith("2 家并列")
        assert said.grade_note == ""


def test_the_scale_knows_its_grades_from_the_rule_and_the_results(county: Issue) -> None:
    section = next(iter(county.of("letter")))
    found = scale(county.run, section)
    assert [x.value for x in found.limits] == [60, 85]
    assert found.grades == ("不合格", "合格", "优秀")


@pytest.mark.parametrize("id", ["H1", "H2", "H3"])
def test_items_add_up_to_their_groups_and_these_to_the_points(county: Issue, id: str) -> None:
    rows = letter_model(county, id)[0].rows
    groups: list[list[Decimal]] = []
    exact = {
        i: county.run.value("item", i, "score")
        for i in county.run.checked.rows["item"].ids.to_list() if i.startswith(id)
    }  # fmt: skip
    for row in rows:
        if row.kind == "group":
            groups.append([])
        elif row.kind == "item" and row.points != "—":  # what is not scored has no full marks
            groups[-1].append(points(row.full))
    sums = [points(r.full) for r in rows if r.kind == "group"]
    assert [sum(g, Decimal(0)) for g in groups] == sums
    total = sum((v for v in exact.values() if isinstance(v, Decimal)), Decimal(0))
    assert abs(points(rows[-1].points) - total) < Decimal("0.01")
    assert sum(r.kind == "item" for r in rows) == len(exact)


def test_an_item_that_cannot_be_scored_loses_nothing(county: Issue) -> None:
    rows = letter_model(county, "H3")[0].rows
    left = [r for r in rows if r.points == "—"]
    assert left
    assert all((r.lost, r.even) == ("—", True) for r in left)
    assert all(r.said for r in left), "the reason stands beside it"


def test_evidence_stands_behind_its_points(county: Issue) -> None:
    rows = letter_model(county, "H3")[0].rows
    assert "查阅资料，考核底稿 2026-A01" in [r.said for r in rows]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_letter_on_paper(county: Issue, printed: Print, lang: str) -> None:
    pdf = printed(letter(county, "H3", lang))
    pages = [p.extract_text() for p in pdf.pages]
    assert len(pages) == 2
    said = re.sub(r"\s", "", "".join(pages))
    assert ("2026年12月4日（星期五）" if lang == "zh" else "Friday,4December2026") in said
    assert "K7Q4-9XMD-2HVT" in pages[-1]
    assert "K7Q4" not in pages[0]
    head = "标准分" if lang == "zh" else "Most"
    assert all(head in p for p in pages)
    assert "妇幼保健院" in (pdf.metadata.title or "")
    assert pdf.trailer["/Root"]["/Lang"] == ("zh-CN" if lang == "zh" else "en")


def test_a_scheme_without_a_letter_says_so(ward: Make, facts: Facts) -> None:
    with pytest.raises(ValueError, match="declares no letter"):
        letter(ward(facts()), "S001")


def test_an_unknown_hospital_is_refused(county: Issue) -> None:
    with pytest.raises(KeyError, match="hospital:H9"):
        letter(county, "H9")


def test_every_hospital_gets_its_letter_in_one_batch(county: Issue, tmp_path: Path) -> None:
    done = print_cards(county, "letters", tmp_path, "zh", processes=0)
    assert [line.row for line in done.lines] == ["hospital:H1", "hospital:H2", "hospital:H3"]
    assert sorted(f.name for f in (tmp_path / "letters").iterdir()) == [
        "H1.pdf", "H2.pdf", "H3.pdf"
    ]  # fmt: skip


def test_a_batch_of_letters_without_a_letter_says_so(
    ward: Make, facts: Facts, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match="ward declares no letter"):
        print_cards(ward(facts()), "letters", tmp_path, "zh", processes=0)
