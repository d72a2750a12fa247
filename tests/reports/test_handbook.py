"""The handbook: generated from the program, so each clause shows what is computed and from what."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from drawn import bookmarks, flat, pdf, tags

from hpf.core.config import HospitalConfig
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.core.settings import Settings
from hpf.reports.brand import Brand
from hpf.reports.cards.clauses import Provision
from hpf.reports.cards.handbook import Handbook, handbook, handbook_model

DAY = dt.date(2026, 10, 20)
BRAND = Brand("示例县人民医院")


@pytest.fixture(scope="module")
def programs() -> Programs:
    return load_programs(load_plugins())


def config_of(programs: Programs, code: str) -> Settings | None:
    file = programs[code].folder / "sample" / "config.yaml"
    return HospitalConfig.read(file, programs).settings.get(code)


@pytest.fixture(scope="module")
def mongolian(programs: Programs) -> Handbook:
    return handbook_model(
        programs["mongolian"], BRAND, DAY, settings=config_of(programs, "mongolian"),
        beside=programs.beside("mongolian"),
    )  # fmt: skip


def clause(book: Handbook, id: str) -> Provision:
    return next(p for p in book.provisions if p.id == id)


def test_a_threshold_is_set_as_cases_with_a_fraction_and_read_in_words(
    mongolian: Handbook,
) -> None:
    found = clause(mongolian, "S4.3-2.1")
    subsidy = next(x.formula for x in found.formulas if x.formula.name == "蒙药使用补贴奖")
    assert [holds for _, holds in subsidy.cases][-1] == "其他情况"
    assert "四舍五入到 0.01 元" in subsidy.rounding
    assert "否则 0" in subsidy.reading
    share = clause(mongolian, "S4.3-1.4")
    body = next(x.formula.body for x in share.formulas if x.formula.name == "科室奖金份额")
    assert re.search(r'class="frac"><span class="over">科内分配权重<', body)


def test_examples_at_the_threshold_and_below_are_computed_afresh(mongolian: Handbook) -> None:
    found = clause(mongolian, "S4.3-2.1")
    figures = {(y.name, y.value) for x in found.worked for y in x.figures}
    assert ("蒙药使用补贴奖 · A", "400.00") in figures
    assert ("蒙药使用率达标 · B", "否") in figures


def test_every_formula_is_printed_once_and_pointed_to_elsewhere(
    mongolian: Handbook, programs: Programs
) -> None:
    named = [r for r in programs["mongolian"].rules if r.clauses]
    assert sum(len(p.formulas) for p in mongolian.provisions) == len(named)
    pointed = sum(len(p.elsewhere) for p in mongolian.provisions)
    assert pointed == sum(len(set(r.clauses)) - 1 for r in named)


def test_a_parameter_of_the_hospital_ends_the_scheme_s_and_says_why(programs: Programs) -> None:
    program = programs["mongolian"]
    data = {"use_rate_limit": [{"from": "2026-10-01", "value": "0.9", "reason": "第 8 号决议"}]}
    name = next(n for n in program.parameters if n.startswith("use") and n != "use_rate_of")
    data = {name: data["use_rate_limit"]}
    settings = Settings.parse(program.parameters, data, "test")
    book = handbook_model(program, BRAND, DAY, settings=settings)
    rows = clause(book, "S4.3-2.1").rates
    at = next(n for n, r in enumerate(rows) if r.name == program.parameters[name].names.zh)
    old, new = rows[at], rows[at + 1]
    assert (old.state, old.until) == ("past", "2026-09-30")
    assert (new.state, new.since, new.until) == ("now", "2026-10-01", "现行")
    assert new.basis == "本院：第 8 号决议"


def test_what_the_hospital_has_not_decided_is_told(programs: Programs) -> None:
    book = handbook_model(programs["mongolian"], BRAND, DAY)
    open_ = {r.name for p in book.provisions for r in p.rates if not r.state}
    required = {p.names.zh for p in programs["mongolian"].parameters.values() if p.required}
    assert open_ == required
    assert f"还有 {len(required)} 个参数等医院确定" in book.intro


def test_a_reading_names_its_question_the_other_ways_and_who_chose_it(
    mongolian: Handbook,
) -> None:
    reading = next(r for r in clause(mongolian, "S4.3-2.1").readings)
    assert reading.question == "蒙药使用率的统计对象"
    assert (reading.chosen, reading.others) == ("医生个人", "科室")
    assert reading.by == "解读 S4.3-AMB-01"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_scheme_of_several_beside_it_prints_its_own_clauses_tagged_with_bookmarks(
    programs: Programs, lang: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    program = programs["cardiology"]
    paper = handbook(program, BRAND, DAY, lang, beside=programs.beside("cardiology"))
    found = pdf(paper, tmp_path_factory.getbasetemp())
    book = handbook_model(program, BRAND, DAY, lang)
    assert 0 < len(book.provisions) < len(program.clauses)
    told = bookmarks(found)
    for p in book.provisions:
        assert f"{p.id} {p.title}" in told
    assert tags(found).count("/H1") == len(book.provisions)
    assert found.trailer["/Root"]["/Lang"] == ("zh-CN" if lang == "zh" else "en")
    text = flat(found)
    for p in book.provisions:
        assert re.sub(r"\s", "", p.meaning) in text


def test_the_contents_name_the_page_where_a_clause_begins(
    programs: Programs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    program = programs["cardiology"]
    found = pdf(handbook(program, BRAND, DAY), tmp_path_factory.getbasetemp())
    first, *_, last = handbook_model(program, BRAND, DAY).provisions
    contents = flat(found.pages[0])
    for p in (first, last):
        row = re.search(re.escape(re.sub(r"\s", "", p.id + p.title + p.cover)) + r"(\d+)", contents)
        assert row is not None
        page = next(n for n, one in enumerate(found.pages, 1)
                    if n > 1 and re.sub(r"\s", "", p.meaning) in flat(one))  # fmt: skip
        assert row[1].startswith(str(page))


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_longest_document_prints_whole(
    programs: Programs, lang: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each clause stands in the handbook of the scheme that it belongs to."""

    def said(code: str) -> str:
        paper = handbook(
            programs[code], BRAND, DAY, lang, settings=config_of(programs, code),
            beside=programs.beside(code),
        )  # fmt: skip
        return flat(pdf(paper, tmp_path_factory.getbasetemp()))

    month, year = said("township"), said("township_year")
    for one in programs["township"].clauses.values():
        meaning = re.sub(r"\s", "", one.meaning.say(lang))
        assert meaning in (year if one.scheme == "township_year" else month)


def test_the_same_program_says_the_same_in_the_same_order(programs: Programs) -> None:
    beside = programs.beside("ward_nurse")
    one, two = (handbook(programs["ward_nurse"], BRAND, DAY, beside=beside) for _ in range(2))
    assert one.html == two.html


@pytest.mark.parametrize(("lang", "word"), [("zh", "评分"), ("en", "score")])
def test_only_what_is_given_in_points_is_called_a_score(
    programs: Programs, lang: str, word: str
) -> None:
    def said(code: str) -> list[list[str]]:
        book = handbook_model(programs[code], BRAND, DAY, lang)
        return [x.about.split(" · ") for p in book.provisions for x in p.formulas]

    money, points = ("元", "分") if lang == "zh" else ("CNY", "point")
    assert any(money in x for x in said("township"))
    assert not [x for x in said("township") if word in x]
    scored = [x for x in said("county_public") if word in x]
    assert scored
    assert all(points in x for x in scored)
