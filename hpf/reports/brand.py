"""How a hospital's papers look and whom they name: configuration, checked when it is read.

    brand = Brand.parse(data, folder, name="某县人民医院", place="hpf.toml [report]")

Everything has a plain default but the name; an image that is not there leaves its field empty and
says so, since a month's slips must not wait for a picture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from hpf.core.errors import Collector, HpfError, Problem, Text, did_you_mean
from hpf.reports.charts import COLOURS, Palette

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_OWN = ("deep", "mid", "light")  # steps of grey that a hospital may give a hue of its own
_APART = 5.0  # how far (in L*) its grey may be from the house's, so that steps stay apart
_IMAGES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
_MOST = 5 * 1024 * 1024  # bytes of an image


class BrandError(HpfError):
    """The configuration of papers holds mistakes; all of them are told."""


@dataclass(frozen=True, slots=True)
class Brand:
    """name: the hospital's. seal: bytes of a PNG or JPEG, None where there is none.

    office: whom to ask; footer: a line of its own on every page; signatories: who signs cards and
    month reports; ask, appeal, answer: the three steps of a question, '' for the usual words.
    """

    name: str
    office: str = ""
    footer: str = ""
    signatories: tuple[str, ...] = ()
    ask: str = ""
    appeal: str = ""
    answer: str = ""
    seal: bytes | None = None
    palette: Palette = COLOURS
    notices: tuple[Problem, ...] = field(default=(), compare=False)

    @classmethod
    def parse(cls, data: Mapping[str, Any], folder: Path, *, name: str, place: str) -> Brand:
        """Read `{office, footer, signatories, ask, appeal, answer, seal, colours}`.

        folder: where the image's path starts. Raises BrandError with every mistake: an unknown
        entry, a value that is no text, a colour that is none or too light or dark.
        """
        bad = Collector()
        known = [f.name for f in fields(cls) if f.name not in ("palette", "notices")]
        known = [*known, "colours"]
        found: dict[str, Any] = {"name": name}
        for key, value in data.items():
            if key not in known:
                message = Text(f"没有 {key} 这一项", f"there is no entry '{key}'")
                bad.add(Problem("report.unknown", message, did_you_mean(key, known), place))
            elif key == "signatories":
                found[key] = tuple(_texts(value, key, place, bad))
            elif key == "colours":
                found["palette"] = _palette(value, place, bad)
            elif key != "seal":
                found[key] = _text(value, key, place, bad)
        bad.stop(BrandError)
        brand = cls(**found)
        return _sealed(brand, data.get("seal"), folder, place) if data.get("seal") else brand


def _text(value: Any, key: str, place: str, bad: Collector) -> str:
    if not isinstance(value, str):
        message = Text(f"{key}：{value!r} 不是文字", f"{key}: {value!r} is no text")
        bad.add(Problem("report.text", message, Text("请加引号", "Put it in quotes"), place))
        return ""
    return value.strip()


def _texts(value: Any, key: str, place: str, bad: Collector) -> list[str]:
    if not isinstance(value, list):
        message = Text(f"{key} 要写成列表", f"{key} must be a list")
        bad.add(Problem("report.text", message, Text('["院长"]', '["President"]'), place))
        return []
    return [_text(v, key, place, bad) for v in value]


def _palette(given: Any, place: str, bad: Collector) -> Palette:
    chosen: dict[str, str] = {}
    if not isinstance(given, Mapping):
        message = Text(f"colours：{given!r} 不是表", f"colours: {given!r} is no table")
        bad.add(Problem("report.colour", message, Text(*('{deep = "#0E5A6F"}',) * 2), place))
        return COLOURS
    for key, value in given.items():
        if key not in _OWN:
            message = Text(f"不能改颜色 {key}", f"the colour '{key}' cannot be changed")
            bad.add(Problem("report.colour", message, did_you_mean(key, _OWN), place))
        elif not isinstance(value, str) or not _COLOUR.fullmatch(value):
            message = Text(f"{key}：{value} 不是颜色", f"{key}: '{value}' is no colour")
            bad.add(Problem("report.colour", message, Text("#0E5A6F", "#0E5A6F"), place))
        else:
            own, house = lightness(value), lightness(getattr(COLOURS, key))
            if abs(own - house) > _APART:
                message = Text(
                    f"{key}：{value} 的明度 {own:.0f} 离 {house:.0f} 太远，黑白打印会分不清",
                    f"{key}: {value} has lightness {own:.0f}, too far from {house:.0f}: in black "
                    "and white it could not be told apart",
                )
                cure = Text("请选明度相近的颜色", "Choose one of about that lightness")
                bad.add(Problem("report.colour", message, cure, place))
            chosen[key] = value
    return replace(COLOURS, **chosen)


def lightness(colour: str) -> float:
    """L* of a colour, 0 to 100."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return float(116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27)  # no amount


def _sealed(brand: Brand, given: Any, folder: Path, place: str) -> Brand:
    path = folder / str(given)
    try:
        content = path.read_bytes()
    except OSError as error:
        why = Text(f"读不到（{error.strerror}）", f"cannot be read ({error.strerror})")
        return replace(brand, notices=(*brand.notices, _no_seal(given, why, place)))
    if not any(content.startswith(mark) for mark in _IMAGES) or len(content) > _MOST:
        why = Text("不是 5 MB 以内的 PNG 或 JPEG 图片", "is no PNG or JPEG of at most 5 MB")
        return replace(brand, notices=(*brand.notices, _no_seal(given, why, place)))
    return replace(brand, seal=content)


def _no_seal(given: Any, why: Text, place: str) -> Problem:
    return Problem(
        "report.seal",
        Text(f"印章图片 {given} {why.zh}，该处留空待盖章",
             f"the seal's image {given} {why.en}; its field stays empty, to be stamped"),
        Text("请检查 seal 的路径", "Check the path of seal"),
        place,
        severity="notice",
    )  # fmt: skip
