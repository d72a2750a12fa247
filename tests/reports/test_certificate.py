"""The certificate of a sealed run: the whole seal, everything it covers, on one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from drawn import flat, pdf, tags

from hpf.reports.brand import Brand
from hpf.reports.cards.certificate import (
    AuditMark,
    Sealing,
    Source,
    certificate,
    certificate_model,
)
from hpf.reports.issue import Issue, Standing

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]
AT = dt.datetime(2026, 10, 8, 15, 20, tzinfo=dt.UTC)


def sealing(imports: int = 2, **more: Any) -> Sealing:
    long = "2026-09 绩效数据（含各科室工作量、成本与考核）修订稿.xlsx"
    sources = [Source(n, long, "ab" * 32, "统计员", AT) for n in range(1, imports + 1)]
    return Sealing(41, "绩效办", AT, "cd" * 32, sources, AuditMark(5012, "ef" * 32, AT, "01" * 32),
                   **more)  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_one_tagged_page_with_every_digest_in_full(
    ward: Make, facts: Facts, lang: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = "示例自治州第二人民医院暨医共体总医院（含三个分院和十二个乡镇卫生院）"
    issue = replace(
        ward(facts(30)), brand=Brand(name, signatories=("院长", "分管副院长", "审计科"))
    )
    found = pdf(certificate(issue, sealing(40), lang), tmp_path_factory.getbasetemp())
    assert len(found.pages) == 1
    text = flat(found)
    for part in ("seal", "facts", "parameters", "history", "formulas", "results"):
        assert issue.run.seal[part] in text
    assert "cd" * 32 in text
    assert "ef" * 32 in text
    assert "hpfverify-run41" in text
    assert ("待盖章" if lang == "zh" else "tobestamped") in text
    kinds = tags(found)
    assert kinds.count("/H1") == 1
    assert {"/H2", "/Figure", "/Table"} <= set(kinds)
    assert found.trailer["/Root"]["/Lang"] == ("zh-CN" if lang == "zh" else "en")


def test_it_counts_what_was_sealed(ward: Make, facts: Facts) -> None:
    settings = {"share": [{"from": "2026-01-01", "value": "0.6", "reason": "synthetic"}]}
    issue = ward(facts(5), settings=settings)
    said = certificate_model(issue, sealing())
    about = {name: text for name, _, text in said.parts}
    assert about["参数"] == f"{len(issue.run.parameters)} 个参数，1 个由本院设定"
    assert about["结果"] == f"{len(list(issue.run.lines()))} 个结果"
    assert about["往期结果"] == "没有用到"
    paid = sum(issue.payouts.values())
    assert f"发放 5 笔，合计 {paid:,.2f} 元" in said.statement


def test_only_the_latest_imports_are_named_and_the_others_counted(ward: Make, facts: Facts) -> None:
    said = certificate_model(ward(facts()), sealing(9))
    assert [number for number, *_ in said.sources] == ["6", "7", "8", "9"]
    assert said.sources_about == "截至第 9 次导入，更早的 5 次未列"
    assert certificate_model(ward(facts()), sealing(0)).sources_about == "没有记录导入"


def test_a_preview_has_no_certificate(ward: Make, facts: Facts) -> None:
    with pytest.raises(ValueError, match="preview"):
        certificate(ward(facts(), standing=Standing.PREVIEW), sealing())
