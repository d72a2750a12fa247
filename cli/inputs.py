"""Arguments and options that several commands share."""

from __future__ import annotations

from hpf_cli.group import Argument, Option
from hpf_cli.speech import Words

SCHEME = Argument(
    "scheme",
    metavar="SCHEME",
    words=Words("方案代码（hpf schemes 列出）", "The scheme's code (hpf schemes lists them)"),
)
PERIOD = Option(
    "--period",
    required=True,
    metavar="P",
    words=Words(
        "周期：2026-09、2026-Q3、2026-H1 或 2026", "The period: 2026-09, 2026-Q3, 2026-H1 or 2026"
    ),
)
FACTS = Option(
    "--facts",
    required=True,
    multiple=True,
    metavar="PATH",
    words=Words(
        "数据：工作簿（.xlsx、.xls）或 CSV 文件夹（可附 meta.csv 写明 period、scheme、version）；"
        "绑定的上游方案另有工作簿时，再写 --facts 方案=PATH",
        "Facts: a workbook (.xlsx, .xls) or a folder of CSV (a meta.csv in it may state period, "
        "scheme and version); where a scheme bound above this one has a workbook of its own, also "
        "--facts SCHEME=PATH",
    ),
)
PAST = Option(
    "--past",
    metavar="DIR",
    words=Words(
        "以前各期的结果文件（.json）所在的文件夹",
        "A folder with result files (.json) of earlier periods",
    ),
)
CONFIG = Option(
    "--config",
    metavar="FILE",
    words=Words(
        "医院配置（YAML）：参数的取值与方案间的绑定",
        "The hospital's configuration (YAML): parameter values, and bindings between schemes",
    ),
)
JSON_FILE = Option(
    "--json",
    "json_file",
    metavar="FILE",
    words=Words("结果写入 JSON 文件；- 表示标准输出", "Write the results as JSON; - is stdout"),
)
