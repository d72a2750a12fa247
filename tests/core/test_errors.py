"""Words for an unknown name: the nearest one, the known ones, and what else can be done."""

from __future__ import annotations

import pytest

from hpf.core.errors import did_you_mean, nearest_or


@pytest.mark.parametrize(
    ("word", "known", "zh", "en"),
    [
        ("offic", ["office", "boss"], "是否想写 office？", "Did you mean office?"),
        ("zzz", ["office", "boss"], "已知的有：boss, office", "Known: boss, office"),
        ("zzz", [], "还没有任何一个", "There is none yet"),
    ],
)
def test_an_unknown_name_is_answered_by_what_there_is(
    word: str, known: list[str], zh: str, en: str
) -> None:
    near = did_you_mean(word, known)
    assert (near.zh, near.en) == (zh, en)
    stop = "" if en.endswith("?") else "."
    more_zh, more_en = nearest_or(word, known, "新建：hpf user add", "To make one: hpf user add")
    assert more_zh == f"{zh}{'。' if stop else ''}新建：hpf user add"
    assert more_en == f"{en}{stop} To make one: hpf user add"
