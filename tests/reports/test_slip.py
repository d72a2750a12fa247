"""A person's slip: it adds up, says why, keeps others' pay to itself, and fits the paper."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pypdf
import pypdfium2
import pytest

from hpf.core import ReportSection, Text
from hpf.reports.brand import Brand
from hpf.reports.cards.slip import Slip, slip, slip_model
from hpf.reports.issue import Issue, Standing
from hpf.reports.press import Paper

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]
Print = Callable[[Paper], pypdf.PdfReader]

FINE = {
    "reason": "首次病程超时",
    "finder": "质控科",
    "found_on": "2026-09-18",
    "fine": "100",
    "staff": "S001",
}


def model(issue: Issue, id: str = "S001", lang: str = "zh") -> Slip:
    return slip_model(issue, id, lang)[0]


def text(pdf: pypdf.PdfReader) -> str:
    return "\n".join(p.extract_text() for p in pdf.pages)


def flat(pdf: pypdf.PdfReader) -> str:
    return re.sub(r"\s", "", text(pdf))


def number(said: str) -> Decimal:
    return Decimal(said.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_printed_lines_add_up_to_what_is_paid(ward: Make, facts: Facts, lang: str) -> None:
    issue = ward(facts(incident={"I1": FINE}))
    for id in issue.payouts:
        said = model(issue, id, lang)
        lines = [number(x.amount) for x in (*said.earned, *said.off)]
        assert sum(lines, Decimal(0)) == number(said.total) == issue.payouts[id]
        assert number(said.earned_sum) == sum((n for n in lines if n > 0), Decimal(0))


def test_a_deduction_tells_the_fact_the_finder_the_day_and_its_clauses(
    ward: Make, facts: Facts
) -> None:
    said = model(ward(facts(incident={"I1": FINE, "I2": {**FINE, "staff": "S002"}})))
    (off,) = said.off
    assert off.reason == "首次病程超时，质控科，查出日期 2026-09-18，扣款 100.00（记录 I1）"
    assert off.clause == "W-4.1 等 3 条"
    assert off.amount == "−100.00"


def test_more_reasons_than_a_line_holds_are_counted(ward: Make, facts: Facts) -> None:
    rows = {f"I{n}": {**FINE, "reason": f"事由{n}"} for n in range(1, 6)}
    (off,) = model(ward(facts(incident=rows))).off
    assert "事由3" in off.reason
    assert off.reason.endswith("另有 2 条记录")


def test_why_it_changed_adds_up_to_the_difference(ward: Make, facts: Facts) -> None:
    before = facts(staff={"S001": {"nights": "3"}})
    issue = ward(facts(incident={"I1": FINE}), before=before)
    said = model(issue)
    by = issue.payouts["S001"] - issue.payouts_before["S001"]
    assert sum((number(v) for _, v in said.why), Decimal(0)) == by
    assert said.why_lead == f"比上期{'多' if by > 0 else '少'} {abs(by):,.2f}"
    assert ("差错扣款", "−100.00") in said.why


def test_why_by_cause_adds_up_too(ward: Make, facts: Facts) -> None:
    before = facts(department={"D": {"income": "80000"}}, staff={"S001": {"nights": "3"}})
    issue = ward(facts(), before=before, causes=True)
    said = model(issue)
    assert dict(said.why).keys() >= {"科室与医院数据", "系数与身份", "参数"}
    by = issue.payouts["S001"] - issue.payouts_before["S001"]
    assert sum((number(v) for _, v in said.why), Decimal(0)) == by


def test_a_new_rate_is_told_with_its_day_and_clause(ward: Make, facts: Facts) -> None:
    said = model(ward(facts(), before=facts()))
    assert said.rates == ("夜班补贴标准：由 80 改为 100（自 2026-09-01 起，W-3）",)
    assert model(ward(facts())).rates == ()


def test_without_a_last_period_the_slip_says_so(ward: Make, facts: Facts) -> None:
    said = model(ward(facts()))
    assert said.why_lead == "上期没有可比的金额"
    assert not said.why
    assert [name for name, *_ in said.sums] == ["应发合计", "扣发合计", "比科室平均"]


@pytest.mark.parametrize(("people", "has"), [(3, set()), (5, {"mean"}), (6, {"mean", "band"})])
def test_small_departments_are_not_compared_so_that_no_pay_can_be_read_off(
    ward: Make, facts: Facts, people: int, has: set[str]
) -> None:
    said, pictures = slip_model(ward(facts(people)), "S001")
    assert ("比科室平均" in [name for name, *_ in said.sums]) == ("mean" in has)
    assert ("strip" in pictures) == ("band" in has)


def test_no_colleagues_amount_or_name_stands_on_a_slip(
    ward: Make, facts: Facts, printed: Print
) -> None:
    issue = ward(facts(12), before=facts(12))
    said = text(printed(slip(issue, "S005")))
    others = {i for i in issue.payouts if i != "S005" and issue.payouts[i] != issue.payouts["S005"]}
    for id in others:
        assert issue.names[id] not in said
        assert f"{issue.payouts[id]:,.2f}" not in said


def test_an_item_that_is_switched_off_says_since_when_and_why(ward: Make, facts: Facts) -> None:
    stop = {"stopped": [{"from": "2026-07-01", "value": {"nights": True}, "reason": "法律审查"}]}
    said = model(ward(facts(), settings=stop))
    assert said.states == (
        "夜班补贴状态：依法停发（自 2026-07-01 起，参数“停发项目”，法律审查，W-5）",
    )
    assert said.zeros.startswith("本期为 0.00：夜班补贴")
    assert model(ward(facts())).states == ()


def test_points_and_place_with_last_periods(ward: Make, facts: Facts) -> None:
    before = facts(staff={"S001": {"points": "99"}})
    (scores,) = model(ward(facts(), before=before)).scores
    assert "".join(t for t, _ in scores.lead) == (
        "61.00 分，在参加排名的 8 人中列第 8（上期 第 1，99.00 分）"
    )
    (line,) = scores.lines
    assert (line.shown, line.full) == ("61.00", "100")


def test_points_without_full_marks_have_nothing_to_be_set_against(
    ward: Make, facts: Facts, printed: Print
) -> None:
    names = Text("积分", "Points")
    free = ReportSection("free", "ward", "staff", names, ("points",), "bars", total="points")
    assert "61.00 / 100" in text(printed(slip(ward(facts()), "S001")))
    assert "61.00 /" not in text(printed(slip(ward(facts(), sections=(free,)), "S001")))


def test_zero_pay_is_printed_as_zero(ward: Make, facts: Facts, printed: Print) -> None:
    issue = ward(facts(staff={"S001": {"points": "0", "nights": "0"}}))
    said = model(issue)
    assert (said.total, said.capitals) == ("0.00", "人民币零元整")
    assert not said.earned
    assert "本期没有计发项目" in text(printed(slip(issue, "S001")))


def test_negative_pay_has_a_true_minus_and_says_it_in_capitals(ward: Make, facts: Facts) -> None:
    bent = facts(staff={"S001": {"points": "0", "nights": "0"}}, incident={"I1": FINE})
    said = model(ward(bent, before=facts()))
    assert (said.total, said.capitals) == ("−100.00", "人民币负壹佰元整")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_ordinary_slip_is_one_page_with_title_language_headings_and_reading_order(
    ward: Make, facts: Facts, printed: Print, lang: str
) -> None:
    issue = ward(
        facts(incident={"I1": FINE}), before=facts(), code=lambda entity, id: "K7Q4-9XMD-2HVT",
        appeal_until=dt.date(2026, 10, 19), posted=dt.date(2026, 10, 12), appeal_days=5,
        remarks={"S001": "参与抢救 2 例"},
    )  # fmt: skip
    pdf = printed(slip(issue, "S001", lang))
    assert len(pdf.pages) == 1
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == ("zh-CN" if lang == "zh" else "en")
    assert "职工001" in (pdf.metadata.title or "")
    tags = [tag for tag, _ in walk(root["/StructTreeRoot"])]
    assert tags.count("/H1") == 1
    assert tags.index("/H1") < tags.index("/H2")
    alternatives = [alt for tag, alt in walk(root["/StructTreeRoot"]) if tag == "/Figure"]
    assert alternatives
    assert all(alternatives)
    order = [o["/Title"] for o in pdf.outline[1]]
    asked = ("怎么算的", "扣发及原因", "比一比", "积分与排名", "备注", "有疑问？")
    if lang == "en":
        asked = ("How it adds up", "Deductions", "Compared", "Points and place", "Remarks",
                 "Questions?")  # fmt: skip
    assert order == list(asked)
    said = flat(pdf)
    assert "K7Q4-9XMD-2HVT" in said
    assert ("2026年10月19日（星期一）" if lang == "zh" else "Monday,19October2026") in said


def walk(node: Any) -> list[tuple[str, str]]:
    """Tags of a structure tree in order, with their alternative texts."""
    node = node.get_object()
    if isinstance(node, list):
        return [tag for child in node for tag in walk(child)]
    if not isinstance(node, dict):
        return []
    own = [(str(node["/S"]), str(node.get("/Alt", "")))] if "/S" in node else []
    return own + (walk(node["/K"]) if "/K" in node else [])


def test_a_remark_of_10000_signs_goes_on_with_the_running_head_and_the_strip_comes_last(
    ward: Make, facts: Facts, printed: Print
) -> None:
    remark = "甲" * 9_999 + "终"
    issue = ward(facts(), remarks={"S001": remark}, code=lambda e, i: "K7Q4-9XMD-2HVT")
    pdf = printed(slip(issue, "S001"))
    pages = [p.extract_text() for p in pdf.pages]
    assert len(pages) > 3
    assert flat(pdf).count("甲") == 9_999
    assert [("K7Q4" in p) for p in pages] == [False] * (len(pages) - 1) + [True]
    assert all("个人绩效单" in p for p in pages)
    assert f"第 {len(pages)} 页，共 {len(pages)} 页" in pages[-1]


def heights(page: Any) -> list[tuple[float, str]]:
    """How high above the page's foot each piece of text stands, in points, as pdfium draws it."""
    found = []
    text = page.get_textpage()
    for n in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(n)
        found.append((bottom, text.get_text_bounded(left, bottom, right, top).strip()))
    return [(y, said) for y, said in found if said]


@pytest.mark.slow  # a slip for each length
@pytest.mark.parametrize("signs", range(560, 960, 40))
def test_the_strip_keeps_its_place_and_nothing_runs_into_it(
    ward: Make, facts: Facts, pressed: Callable[[Paper], bytes], signs: int
) -> None:
    """Around the length at which a remark makes the slip go on to a second page."""
    issue = ward(
        facts(incident={"I1": FINE}), before=facts(), remarks={"S001": "甲" * signs},
        code=lambda e, i: "K7Q4-9XMD-2HVT", appeal_until=dt.date(2026, 10, 19),
    )  # fmt: skip
    document = pypdfium2.PdfDocument(pressed(slip(issue, "S001")))
    pieces = heights(document[len(document) - 1])
    (code,) = [y for y, said in pieces if said.startswith("K7Q4")]
    assert code == pytest.approx(105, abs=12), "the strip's place on every slip"
    above = [y for y, said in pieces if "有疑问" in said or "申诉截止" in said or "甲甲" in said]
    assert above
    assert min(above) > code + 20


def test_thirty_lines_with_long_names_keep_their_sum_with_them(
    ward: Make, facts: Facts, printed: Print
) -> None:
    long = "阿不都热合曼·买买提依明江" * 3
    bent = facts(staff={"S001": {"nights": "2", "name": long}}, incident={"I1": FINE})
    issue = ward(bent, extra=30, remarks={"S001": "长" * 400})
    pdf = printed(slip(issue, "S001"))
    said = flat(pdf)
    assert long in said
    for n in range(1, 31):
        assert f"第{n}项补贴" in said
    for page in pdf.pages:
        lines = [x for x in page.extract_text().splitlines() if x.strip()]
        body = [x for x in lines if not any(w in x for w in ("页，共", "示例县人民医院", "条款"))]
        assert not body[0].startswith(("应发合计", "实发合计")), "a sum alone on its page"


def test_long_names_beside_the_title_make_the_head_taller(ward: Make, facts: Facts) -> None:
    long = {"S001": {"name": "Oluwaseun Christopher-Featherstonehaugh"}}
    unit = {"D": {"name": "感染性疾病与肝病综合诊疗中心（东院区）"}}
    assert model(ward(facts())).height == "24.0mm"
    assert float(model(ward(facts(staff=long, department=unit))).height.removesuffix("mm")) > 31


def test_markup_in_names_remarks_and_reasons_is_text(
    ward: Make, facts: Facts, printed: Print
) -> None:
    nasty = "<b>&\"'</b>{{ 7*7 }}"
    bent = facts(staff={"S001": {"name": nasty}}, incident={"I1": {**FINE, "reason": nasty}})
    issue = ward(bent, remarks={"S001": nasty}, brand=Brand(nasty))
    said = flat(printed(slip(issue, "S001")))
    assert said.count(re.sub(r"\s", "", nasty)) >= 4


def test_a_sign_that_no_font_has_is_marked(ward: Make, facts: Facts, printed: Print) -> None:
    """\ue000 is of private use, where old systems keep the characters of rare names."""
    bent = facts(staff={"S001": {"name": "王\ue000"}})
    issue = ward(bent, remarks={"S001": "一行\n二行\x07"})
    said = text(printed(slip(issue, "S001")))
    assert "王〓" in said
    assert "一行\n二行" in said


def test_a_preview_bears_neither_code_nor_seal(ward: Make, facts: Facts, printed: Print) -> None:
    issue = ward(facts(), standing=Standing.PREVIEW, code=lambda e, i: "K7Q4-9XMD-2HVT")
    said = flat(printed(slip(issue, "S001")))
    assert "K7Q4" not in said
    assert "待盖章" not in said
    assert issue.run.seal["seal"][:4] not in said
    assert said.count("预览，未定稿") >= 2


def test_a_missing_seal_image_leaves_its_field_to_be_stamped(
    ward: Make, facts: Facts, printed: Print
) -> None:
    assert "待盖章" in flat(printed(slip(ward(facts()), "S001")))


def test_the_same_run_gives_the_same_page(ward: Make, facts: Facts) -> None:
    one, two = (slip(ward(facts(incident={"I1": FINE})), "S001") for _ in range(2))
    assert one == two


def test_nobodys_slip_is_refused(ward: Make, facts: Facts) -> None:
    with pytest.raises(KeyError):
        slip(ward(facts()), "nobody")
