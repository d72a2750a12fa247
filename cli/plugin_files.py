"""The files of a new plugin, drawn from the templates that the tests of this package run."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from hpf_cli.stops import problem

PERIODS = {"month": "2026-09", "quarter": "2026-Q3", "half": "2026-H2", "year": "2026"}
PAID = {"pool": "12000.00", "rates": "2432.29", "score": "3884.06"}  # by each pattern's sample
_WORD = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_DOCUMENT = re.compile(r"[A-Za-z][A-Za-z0-9.]*")


@dataclass(frozen=True, slots=True)
class Names:
    """One name in its spellings: blood-desk, blood_desk, hpf_blood_desk, BD."""

    dashed: str
    code: str
    package: str
    initials: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the author answered. kind: of the period; document: what clause ids begin with."""

    zh: str
    en: str
    document: str
    pattern: str
    kind: str


def names_of(name: str) -> Names:
    """Raises HpfError for a name that no package can have."""
    bare = name.removeprefix("hpf-").removeprefix("hpf_")
    if not _WORD.fullmatch(bare) or iskeyword(bare):
        better = re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")
        good = bool(_WORD.fullmatch(better)) and not iskeyword(better)
        raise problem(
            "plugin_name",
            f"“{name}”不能作插件名",
            f"'{name}' cannot be a plugin's name",
            (
                "请用小写英文词，以 - 连接，如 " + (better if good else "blood-desk"),
                "Use lower-case words joined by -, such as " + (better if good else "blood-desk"),
            ),
            "NAME",
        )
    words = re.split("[-_]", bare)
    initials = "".join(w[0] for w in words) if len(words) > 1 else bare[:2]
    code = "_".join(words)
    return Names("-".join(words), code, f"hpf_{code}", initials.upper())


def write_plugin(place: Path, names: Names, wanted: Wanted, check: Callable[[Path], None]) -> None:
    """Write the folder, whole or not at all. HpfError for answers that cannot stand in files.

    check: is given the folder before it is put in its place, and raises where it does not hold.
    """
    _sound(wanted)
    texts = dict(_texts(names, wanted))
    beside = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        for name, text in texts.items():
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        check(beside)
        beside.chmod(0o755)
        beside.rename(place)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def _sound(wanted: Wanted) -> None:
    for option, text in (("--zh", wanted.zh), ("--en", wanted.en)):
        if not text.strip() or len(text) > 60 or not text.isprintable():
            raise problem(
                "plugin_words",
                f"名称要有 1 至 60 个可见的字：“{text}”",
                f"a name has 1 to 60 printable signs: '{text}'",
                ("请写短些，写在一行里", "Make it short, on one line"),
                option,
            )
    if not _DOCUMENT.fullmatch(wanted.document) or wanted.document.endswith("."):
        raise problem(
            "plugin_document",
            f"“{wanted.document}”不能作文件代号",
            f"'{wanted.document}' cannot be a document's id",
            ("请用字母开头的字母、数字和点，如 BD 或 S9.1",
             "Use letters, digits and dots, a letter first, such as BD or S9.1"),
            "--document",
        )  # fmt: skip


def _texts(names: Names, wanted: Wanted) -> Iterator[tuple[str, str]]:
    period = PERIODS[wanted.kind]
    room = Environment(
        variable_start_string="<<", variable_end_string=">>", undefined=StrictUndefined,
        keep_trailing_newline=True, autoescape=False,  # what is written is Python and YAML, no page
    )  # fmt: skip
    room.filters |= {
        "quoted": lambda text: json.dumps(text, ensure_ascii=False),
        "doc": lambda text: text.replace("\\", "\\\\").replace('"', "'"),
        "cell": lambda text: '"' + text.replace('"', '""') + '"',
    }
    values: dict[str, Any] = {
        "dashed": names.dashed, "code": names.code, "package": names.package, "zh": wanted.zh,
        "en": wanted.en, "document": wanted.document, "kind": wanted.kind, "period": period,
        "paid": PAID[wanted.pattern],
    }  # fmt: skip
    for source, target in _targets(names, wanted.pattern, period).items():
        text = files("hpf_cli").joinpath(f"templates/plugin/{source}.j2").read_text("utf-8")
        yield target, room.from_string(text).render(values)


def _targets(names: Names, pattern: str, period: str) -> dict[str, str]:
    """Template -> file."""
    package, sample = names.package, f"{names.package}/sample/{period}"
    return {
        "common/pyproject.toml": "pyproject.toml",
        "common/README.md": "README.md",
        "common/test_plugin.py": f"tests/test_{names.code}.py",
        "common/__init__.py": f"{package}/__init__.py",
        "common/source.md": f"{package}/source.md",
        **{f"{pattern}/{n}": f"{package}/{n}" for n in (
            "rules.py", "clauses.yaml", "parameters.yaml", "examples.yaml"
        )},
        "common/meta.csv": f"{sample}/meta.csv",
        "common/hospital.csv": f"{sample}/hospital.csv",
        f"{pattern}/department.csv": f"{sample}/department.csv",
        f"{pattern}/staff.csv": f"{sample}/staff.csv",
    }  # fmt: skip
