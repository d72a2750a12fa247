"""The press: the same pages as WeasyPrint's plain way, tagged, and nothing fetched from outside."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdf
import pytest
import weasyprint
from many_cards import paper_of, pixels
from weasyprint import document

from hpf.reports import fonts, page, sharing, shortcuts
from hpf.reports.charts import COLOURS
from hpf.reports.press import Paper, Press

# what cards use, and what upsets a line: letter-spacing, underlines, kept spaces, breaks, floats,
# percentages, absolute places, notes, pages that go on
_HARD = """<html lang="zh-CN"><head><title>难的一页</title></head><body><main>
<h1 style="letter-spacing:.1em">标题 Title</h1><h2>第一节</h2>
<p style="text-decoration:underline">下划线 underlined</p><p style="white-space:pre">a  b
c</p><p lang="en" style="width:30%;text-align:justify">Justified words in a narrow column, again and
again until some lines are full and some are not.</p>
<div style="float:right;width:20mm">浮动</div><p>旁边的文字 <b>粗</b><sub>下</sub><br/>换行</p>
<div style="position:relative;height:20mm"><p style="position:absolute;right:10%;top:5mm">绝对</p>
</div><ol><li>一</li><li>二</li></ol>
<table class="rows"><colgroup><col style="width:25%"/><col/></colgroup><thead><tr>
<th scope="col">名称</th><th scope="col" class="n">值</th></tr></thead><tbody>{rows}</tbody></table>
<img src="picture:chart" alt="一条线" style="width:50%"/>
<p>{long}</p></main></body></html>"""
_CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="20"><title>一条线</title>'
    f'<path d="M0,10h100" stroke="{COLOURS.deep}"/><text x="5" y="9" font-size="6" '
    f'font-family="{fonts.FAMILY}">9月</text></svg>'
)


def hard() -> Paper:
    rows = "".join(
        f'<tr><th scope="row">项目 {i}</th><td class="n" style="padding-left:{i % 3}%">{i}.00</td>'
        "</tr>"
        for i in range(70)
    )
    return Paper(_HARD.format(rows=rows, long="很长的一段话，" * 200), {"chart": _CHART})


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> fonts.Cut:
    papers = [hard(), paper_of(1), paper_of(2)]
    texts = [t for p in papers for t in (p.html, *map(str, p.pictures.values()))]
    return fonts.cut(texts, tmp_path_factory.mktemp("fonts"))


@pytest.fixture(scope="module")
def press(cut: fonts.Cut) -> Press:
    return Press(cut, page.style())


def test_shortcuts_fit_the_installed_weasyprint_and_hold_for_our_style_sheet(press: Press) -> None:
    """One that no longer fits is left out in silence: cards are right and slow. Then compare the
    two functions and take the new fingerprint; a selector that looks at siblings, or flex, costs
    a third of the speed of all cards."""
    unfit = {s.name for s in shortcuts.SHORTCUTS} - {s.name for s in shortcuts.fitting()}
    assert not unfit, f"WeasyPrint {weasyprint.__version__} changed {unfit}"
    assert sharing.shortcuts()
    assert sharing.depends_on_path(page.style())
    assert len(press._shortcuts) == len(shortcuts.SHORTCUTS) + 1


@pytest.mark.parametrize("selector", [
    "td:nth-child(2)", "a + b", "a ~ b", "a[title]", "a:not(.b)", "a:hover", "p:first-line",
])  # fmt: skip
def test_a_sheet_that_looks_at_more_than_the_path_shares_no_styles(
    cut: fonts.Cut, selector: str
) -> None:
    assert not sharing.depends_on_path(f"{selector} {{ color: red }}")
    assert Press(cut, f"{selector} {{ color: red }}")._shortcuts == ()


@pytest.mark.parametrize("rule", ["display: flex", "display: inline-grid"])
def test_ways_of_layout_that_write_into_styles_share_none(rule: str) -> None:
    assert not sharing.depends_on_path(f"div {{ {rule} }}")
    assert not sharing.depends_on_path(f"@media print {{ div {{ {rule} }} }}")


@pytest.mark.parametrize("make", [hard, lambda: paper_of(1)])
def test_pages_look_exactly_as_drawn_the_plain_way(cut: fonts.Cut, press: Press, make: Any) -> None:
    """Pictures, text, order and tags; twice, since the second time styles are shared."""
    paper = make()
    plain = Press(cut, page.style(), plain=True).pdf(paper)
    seen, said = pixels(plain), _structure(plain)
    for _ in range(2):
        pdf = press.pdf(paper)
        assert pixels(pdf) == seen
        assert _structure(pdf) == said


def test_styles_are_shared_by_path_and_not_by_name_alone(cut: fonts.Cut) -> None:
    """The same class within another element, first or last, with a style of its own."""
    style = ".a .x { color: #0E5A6F } .b .x { font-weight: 700 } p:first-child { margin-left: 9mm }"
    body = '<html lang="zh-CN"><head><title>t</title></head><body>{}</body></html>'
    one = Paper(body.format('<div class="a"><p class="x">一</p><p class="x">二</p></div>'))
    two = Paper(body.format('<div class="b"><p class="x">一</p><p class="x" style="color:red">二'
                            '</p></div><p>三</p>'))  # fmt: skip
    press, plain = Press(cut, style), Press(cut, style, plain=True)
    assert press._shortcuts
    for paper in (one, two, one, two):
        assert pixels(press.pdf(paper)) == pixels(plain.pdf(paper))


def test_a_page_with_a_sheet_of_its_own_is_drawn_with_it(cut: fonts.Cut) -> None:
    page_ = '<html lang="zh-CN"><head><title>t</title>{}</head><body><p>一</p></body></html>'
    own = Paper(page_.format("<style>p { font-size: 30pt }</style>"))
    press, plain = (
        Press(cut, "p { color: #17212B }"),
        Press(cut, "p { color: #17212B }", plain=True),
    )
    press.pdf(Paper(page_.format("")))
    assert pixels(press.pdf(own)) == pixels(plain.pdf(own))


def test_nothing_of_weasyprint_stays_changed(press: Press) -> None:
    before = document.get_all_computed_styles, weasyprint.text.line_break.Layout
    press.pdf(paper_of(1))
    with pytest.raises(ElementTree.ParseError):
        press.pdf(Paper("<html><p>"))
    assert (document.get_all_computed_styles, weasyprint.text.line_break.Layout) == before


def test_a_card_is_tagged_titled_and_in_a_language(press: Press) -> None:
    pdf = pypdf.PdfReader(BytesIO(press.pdf(paper_of(1))))
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert str(pdf.metadata.title).startswith("个人绩效单 2026-09")
    tags = [kind for kind, _ in _tags(pdf)]
    assert tags.count("/H1") == 1
    assert tags.count("/Figure") == 1
    assert tags.count("/TR") == 3 + 1 + 25 + 1
    assert dict(_tags(pdf))["/Figure"].startswith("近 6 期")
    outline = [pdf.outline[0].title, *(o.title for o in pdf.outline[1])]
    assert outline == ["个人绩效单", "怎么算的", "近几个月", "有疑问？"]


def test_the_same_card_drawn_later_says_and_shows_the_same(press: Press) -> None:
    first = press.pdf(paper_of(2))
    for other in range(3, 6):
        press.pdf(paper_of(other))
    again = press.pdf(paper_of(2))
    assert _structure(first) == _structure(again)
    assert pixels(first) == pixels(again)


def test_a_card_fetches_nothing_from_anywhere(press: Press, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(_CHART.replace("#0E5A6F", "#FF0000"), "utf-8")
    html = '<html lang="zh-CN"><head><title>t</title></head><body>{}</body></html>'
    image = f'<img src="{secret.as_uri()}" alt="一条线" style="width:50mm;height:10mm"/>'
    blank = '<img src="picture:none" alt="一条线" style="width:50mm;height:10mm"/>'
    assert pixels(press.pdf(Paper(html.format(image)))) == pixels(
        press.pdf(Paper(html.format(blank)))
    )


def _structure(pdf: bytes) -> tuple[Any, ...]:
    reader = pypdf.PdfReader(BytesIO(pdf))
    return [p.extract_text() for p in reader.pages], list(_tags(reader))


def _tags(reader: pypdf.PdfReader) -> list[tuple[str, str]]:
    """(tag, alternative text) in reading order."""
    found: list[tuple[str, str]] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for kid in node:
                walk(kid)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"]), str(node.get("/Alt", ""))))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found
