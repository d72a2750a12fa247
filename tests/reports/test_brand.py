"""A hospital's name, seal, colours and texts: read whole, every mistake told at once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest

from hpf.reports.brand import Brand, BrandError, lightness
from hpf.reports.cards.slip import slip, slip_model
from hpf.reports.charts import COLOURS
from hpf.reports.issue import Issue
from hpf.reports.press import Paper

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]
Print = Callable[[Paper], pypdf.PdfReader]
# a red dot of one pixel
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d7"
    "63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def parse(data: dict[str, Any], folder: Path) -> Brand:
    return Brand.parse(data, folder, name="示例医院", place="hpf.toml [report]")


def test_a_name_is_enough(tmp_path: Path) -> None:
    brand = parse({}, tmp_path)
    assert (brand.name, brand.seal, brand.palette) == ("示例医院", None, COLOURS)


def test_what_is_configured_stands_on_the_slip(
    tmp_path: Path, ward: Make, facts: Facts, printed: Print
) -> None:
    (tmp_path / "seal.png").write_bytes(PNG)
    brand = parse(
        {
            "office": "绩效办 305 室", "footer": "内部资料", "ask": "先问护士长",
            "seal": "seal.png", "signatories": ["院长"], "colours": {"deep": "#5B3F86"},
        },
        tmp_path,
    )  # fmt: skip
    issue = ward(facts(), brand=brand)
    said, pictures = slip_model(issue, "S001")
    assert said.questions[0] == ("先问", "先问护士长")
    assert said.questions[1][1].endswith("交到绩效办 305 室")
    assert said.foot == "内部资料"
    assert pictures["stamp"] == PNG
    assert brand.signatories == ("院长",)
    page = printed(slip(issue, "S001")).pages[0]
    assert "待盖章" not in page.extract_text()
    assert "#5B3F86" in next(p.svg for p in pictures.values() if hasattr(p, "svg"))


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = {"ofice": "x", "footer": 3, "signatories": "院长", "colours": {"deep": "teal"}}
    with pytest.raises(BrandError) as caught:
        parse(wrong, tmp_path)
    told = [p.message.en for p in caught.value.problems]
    assert told == [
        "there is no entry 'ofice'", "footer: 3 is no text", "signatories must be a list",
        "deep: 'teal' is no colour",
    ]  # fmt: skip
    assert "office" in caught.value.problems[0].cure.en


@pytest.mark.parametrize("colours", ["teal", ["#0E5A6F"]])
def test_colours_are_a_table(tmp_path: Path, colours: Any) -> None:
    with pytest.raises(BrandError):
        parse({"colours": colours}, tmp_path)


def test_a_colour_keeps_its_step_of_grey(tmp_path: Path) -> None:
    assert lightness("#FFFFFF") == pytest.approx(100)
    assert lightness("#000000") == 0
    with pytest.raises(BrandError, match="told apart"):
        parse({"colours": {"deep": "#FFCC00"}}, tmp_path)
    with pytest.raises(BrandError, match="cannot be changed"):
        parse({"colours": {"ink": "#000000"}}, tmp_path)


@pytest.mark.parametrize(
    ("content", "told"), [(None, "cannot be read"), (b"GIF89a", "no PNG or JPEG")]
)
def test_a_missing_or_strange_seal_is_a_notice_and_stops_no_slip(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "seal.png").write_bytes(content)
    brand = parse({"seal": "seal.png"}, tmp_path)
    assert brand.seal is None
    (notice,) = brand.notices
    assert told in notice.message.en
    assert notice.severity == "notice"


def test_the_steps_of_grey_stay_apart() -> None:
    steps = [lightness(c) for c in (COLOURS.deep, COLOURS.mid, COLOURS.light, "#FFFFFF")]
    assert all(b - a > 14 for a, b in pairwise(steps))
