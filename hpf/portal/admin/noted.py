"""What an entry of the audit trail notes besides who, what and when, as people read it in a list.

    noted({"reason": "核定", "seal": "52d4…"})       # 理由：核定；封存码：52d4 36fc…

The entry itself, and every export, keep the whole detail as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from hpf.core.errors import Text
from hpf.portal.language import say
from hpf.reports import figures

_DIGEST: Final = re.compile(r"[0-9a-f]{32,}")
_MOST: Final = 6  # items of a list that are named
_NAMES: Final[Mapping[str, Text]] = {
    "accepted_zeros": Text("空白按 0", "blanks as 0"),
    "amount": Text("金额", "amount"),
    "changed": Text("更正", "changed"),
    "department": Text("科室", "department"),
    "extent": Text("范围", "extent"),
    "facts": Text("数据指纹", "facts"),
    "file": Text("文件", "file"),
    "file_digest": Text("文件指纹", "digest of the file"),
    "format": Text("格式", "format"),
    "from": Text("自", "from"),
    "kind": Text("种类", "kind"),
    "language": Text("语言", "language"),
    "lines": Text("笔", "lines"),
    "name": Text("名称", "name"),
    "new": Text("新增", "new"),
    "of": Text("原批次", "of"),
    "period": Text("期间", "period"),
    "problems": Text("问题", "problems"),
    "reason": Text("理由", "reason"),
    "removed": Text("去掉", "removed"),
    "role": Text("角色", "role"),
    "run": Text("第几次计算", "run"),
    "scheme": Text("方案", "scheme"),
    "seal": Text("封存码", "seal"),
    "since": Text("自", "since"),
    "state": Text("状态", "state"),
    "to": Text("到", "to"),
    "total": Text("合计", "total"),
    "unchanged": Text("不变", "unchanged"),
    "until": Text("至", "until"),
    "value": Text("值", "value"),
    "versions": Text("写入的值", "values written"),
}


def noted(detail: Mapping[str, Any]) -> str:
    """One line; what is empty is left out, a digest stands by its beginning."""
    colon, stop = say(("：", ": ")), say(("；", "; "))
    return stop.join(
        f"{say(_NAMES[k]) if k in _NAMES else k}{colon}{_said(v)}"
        for k, v in detail.items()
        if v not in ("", None, [], {})
    )


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return say(("是", "yes")) if value else say(("否", "no"))
    if isinstance(value, Mapping):
        return say(("，", ", ")).join(f"{k} {_said(v)}" for k, v in value.items())
    if isinstance(value, list):
        more = say((f"等 {len(value)} 项", f" and {len(value) - _MOST} more"))
        shown = say(("、", ", ")).join(_said(v) for v in value[:_MOST])
        return shown + (more if len(value) > _MOST else "")
    text = str(value)
    return figures.grouped(text, most=2) if _DIGEST.fullmatch(text) else text
