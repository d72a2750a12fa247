"""The synthetic samples that plugins ship: `sample/PERIOD/ENTITY.csv`, and a `config.yaml` beside.

A folder of several schemes may keep them apart: `sample/SCHEME/PERIOD/…`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hpf.core.facts import Facts
from hpf.core.kit.programs import Programs
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake import load
from hpf.intake.template import write_template
from hpf_cli.outputs import Content
from hpf_cli.stops import problem

CONFIG = "config.yaml"
_FEW = 4  # periods that are all named


@dataclass(frozen=True, slots=True)
class Sample:
    """One period's facts as a plugin ships them. others: schemes that share the folder."""

    program: Program
    period: Period
    folder: Path
    others: tuple[Program, ...] = ()

    def facts(self) -> Facts:
        """The facts of the folder; FactsError with everything that is wrong with them."""
        return load(self.folder, self.program, self.period, others=self.others)

    def workbook(self, lang: str) -> Content:
        """The same as the workbook that a hospital would fill in, marked synthetic."""
        return partial(_write, self, self.facts(), lang)


def _write(sample: Sample, facts: Facts, lang: str, path: Path) -> None:
    write_template(sample.program, sample.period, path, facts=facts, lang=lang, synthetic=True)


def shipped(program: Program, programs: Programs) -> list[Sample]:
    """A scheme's samples, earliest first; empty where its plugin ships none."""
    home = _home(program)
    others = tuple(p for p in programs.beside(program.code) if p is not program)
    found = []
    for folder in home.iterdir() if home.is_dir() else ():
        try:
            period = Period.parse(folder.name)
        except ValueError:
            continue
        if period.kind == program.period and any(folder.glob("*.csv")):
            found.append(Sample(program, period, folder, others))
    return sorted(found, key=lambda s: s.period)


def told(periods: Sequence[Period], lang: str) -> str:
    """The periods of a sample in a line: all of a few, first and last of many.

    >>> told([Period.parse(f"2026-{m:02d}") for m in range(1, 13)], "en")
    '2026-01 … 2026-12 (12)'
    """
    zh = lang == "zh"
    if len(periods) > _FEW:
        count = f"（{len(periods)} 个）" if zh else f" ({len(periods)})"
        return f"{periods[0]} … {periods[-1]}{count}"
    return ("、" if zh else ", ").join(map(str, periods))


def config_of(program: Program) -> Path | None:
    """The sample hospital's configuration, if the plugin ships one."""
    places = (_home(program), program.folder / "sample")
    return next((p for folder in places if (p := folder / CONFIG).is_file()), None)


def _home(program: Program) -> Path:
    own = program.folder / "sample" / program.code
    return own if own.is_dir() else program.folder / "sample"


def pick(samples: Sequence[Sample], program: Program, period: Period | None) -> list[Sample]:
    """Those of a period, or all. HpfError where there are none."""
    if not samples:
        raise problem(
            "no_sample",
            f"方案 {program.code} 没有附带样本",
            f"scheme '{program.code}' ships no sample",
            (
                "用 hpf sample 列出有样本的方案；用 hpf template 生成空白工作簿",
                "hpf sample lists the schemes that do; hpf template writes an empty workbook",
            ),
        )
    chosen = [s for s in samples if period in (None, s.period)]
    if not chosen:
        zh, en = (told([s.period for s in samples], lang) for lang in ("zh", "en"))
        raise problem(
            "no_sample_of",
            f"方案 {program.code} 没有 {period} 的样本",
            f"scheme '{program.code}' ships no sample of {period}",
            (f"有样本的周期：{zh}", f"There are samples of: {en}"),
            "--period",
        )
    return chosen
