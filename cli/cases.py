"""The worked examples that the demo computes: those that a document prints, as real facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.facts import Facts, facts_of
from hpf.core.formula.labels import figure as fraction_figure
from hpf.core.kit.examples import Example, Figure, read_examples
from hpf.core.kit.programs import Programs
from hpf.core.results import Run
from hpf.core.values import Result
from hpf_cli.figures import figure
from hpf_cli.pages import Printed
from hpf_cli.samples import shipped


@dataclass(frozen=True, slots=True)
class Case:
    """One example on its way through the main job."""

    name: str
    example: Example

    @property
    def facts(self) -> Facts:
        """The example's facts, as they are written into its workbook."""
        return facts_of(self.example.program, self.example.period, self.example.facts)

    @property
    def printed(self) -> bool:
        """Whether the document itself prints the example."""
        return self.example.source == "printed"


def choose(programs: Programs) -> list[Case]:
    """Every printed example; of a scheme that has neither one nor a sample, our largest one."""
    cases: list[Case] = []
    by_scheme: dict[str, list[Example]] = {}
    for example in _examples(programs):
        by_scheme.setdefault(example.program.code, []).append(example)
    for code, examples in by_scheme.items():
        usable = [e for e in examples if "full" in e.profiles and not e.history]
        chosen = [e for e in usable if e.source == "printed"]
        if not chosen and not shipped(programs[code], programs):
            sound = [e for e in usable if not any(x.problem for x in e.expect)]
            chosen = sorted(sound, key=_size, reverse=True)[:1]
        for example in chosen:
            name = code if len(chosen) == 1 else f"{code}-{example.id}"
            cases.append(
                Case("".join(c if c.isalnum() or c in "-_." else "_" for c in name), example)
            )
    return sorted(cases, key=lambda c: not c.printed)


def _examples(programs: Programs) -> Iterator[Example]:
    for folder in dict.fromkeys(s.folder for s in programs.schemes.values()):
        path = folder / "examples.yaml"
        if path.exists():
            family = {c: programs[c] for c, s in programs.schemes.items() if s.folder == folder}
            yield from read_examples(path, family)


def _size(example: Example) -> tuple[int, int]:
    return sum(len(rows) for rows in example.facts.values()), len(example.expect)


def beside_print(example: Example, staged: Run | None, full: Run) -> list[Printed]:
    """Each figure that the document prints, beside ours."""
    found = []
    for e in example.expect:
        if e.printed is None:
            continue
        results = [
            None if r is None else _result(r, e.entity, e.id, e.rule.name) for r in (staged, full)
        ]
        pay = e.rule.kind in ("pay", "total")
        # the print's own places stand: 3934 beside 3934, not beside 3934.00
        sides = [figure(r, pay, "zh").removesuffix(".00") for r in results]
        whose = f"{e.entity}:{e.id}" if e.id else f"Σ {e.entity}"
        alike = [_alike(e.printed, r) for r in results]
        found.append(
            Printed(
                whose,
                e.rule.names,
                _said(e.printed),
                sides[0],
                sides[1],
                e.why,
                differs="same" not in alike,
                misprint=not any(alike),
            )
        )
    return found


def _alike(printed: Figure, ours: Result | None) -> str:
    """`same`, `rounded` where ours rounds to the print at the print's own places, or ``."""
    if not isinstance(printed, Fraction) or not isinstance(ours, Decimal):
        return "same" if printed == ours else ""
    if printed == Fraction(ours):
        return "same"
    places = next((n for n in range(13) if (printed * 10**n).denominator == 1), 13)
    return (
        "rounded"
        if ours.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        == Decimal(printed.numerator) / Decimal(printed.denominator)
        else ""
    )


def _result(run: Run, entity: str, id: str, rule: str) -> Result | None:
    if id:
        return run.value(entity, id, rule)
    column = run.evaluated.values[entity][f"{run.program.code}.{rule}"]
    return sum((v for v in column.to_list() if v is not None), Decimal(0))


def _said(value: Figure) -> str:
    return fraction_figure(value) if isinstance(value, Fraction) else str(value)


def people(example: Example) -> list[tuple[str, str]]:
    """(entity, id) of the rows that the example speaks of, in its order."""
    return list(dict.fromkeys((e.entity, e.id) for e in example.expect if e.id))


def settings_of(cases: list[Case]) -> Mapping[str, Mapping[str, object]]:
    """What the examples set as a hospital would, by scheme."""
    return {c.example.program.code: c.example.settings for c in cases if c.example.settings}


def about(case: Case) -> Text:
    """The example's sentence, and whose it is."""
    sentence = case.example.sentence
    if case.printed:
        return Text(
            f"公布的算例 {case.example.id}：{sentence.zh}",
            f"Published example {case.example.id}: {sentence.en}",
        )
    return Text(
        f"自拟算例 {case.example.id}（原文没有算例）：{sentence.zh}",
        f"Example of our own {case.example.id} (the document prints none): {sentence.en}",
    )
