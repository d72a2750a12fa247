"""Options that all papers of `hpf report` share."""

from __future__ import annotations

import click

from hpf_cli.group import Option
from hpf_cli.speech import Words

SCHEME = Option(
    "--scheme",
    metavar="SCHEME",
    words=Words(
        "方案代码；只有一个发放的方案时可以不写",
        "The scheme's code; may be left out where only one pays",
    ),
)
FACTS = Option(
    "--facts",
    multiple=True,
    metavar="PATH",
    words=Words(
        "不用数据库，由工作簿或 CSV 文件夹计算，印成预览",
        "Without the database: compute from a workbook or a folder of CSV, printed as a preview",
    ),
)
PAPER = Option(
    "--language",
    "paper",
    type=click.Choice(["zh", "en"]),
    words=Words(
        "纸上用什么语言；不写就是医院的语言", "The papers' language; the hospital's if not said"
    ),
)
