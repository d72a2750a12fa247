"""A worked example of a plugin, computed: `table of worked LANG SCHEME EXAMPLE RULE …`."""

from __future__ import annotations

from functools import cache

from hpf.core.kit.examples import Example, read_examples
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.core.kit.running import read_by_scalar
from hpf.reports.cards.worked import figure_of


@cache
def _programs() -> Programs:
    return load_programs(load_plugins())


def example(code: str, id: str) -> Example:
    """The example of that id; ValueError where the scheme's folder has none."""
    program = _programs()[code]
    beside = {p.code: p for p in _programs().beside(code)}
    for one in read_examples(program.folder / "examples.yaml", beside):
        if one.id == id:
            return one
    raise ValueError(f"the plugin of '{code}' has no example '{id}'")


def table(rest: str) -> str:
    """Its sentence, and the figures of the named rules with one line of arithmetic each."""
    lang, code, id, *rules = rest.split()
    one = example(code, id)
    scalar = read_by_scalar(one, "full" if "full" in one.profiles else one.profiles[0])
    how = "怎么算" if lang == "zh" else "how"
    lines = [f"| {one.sentence.say(lang)} | {how} | |", "|---|---|---|"]
    for expected in one.expect:
        if expected.rule.name in rules:
            figure = figure_of(expected, scalar, lang, several=True)
            lines.append(f"| {figure.name} | {figure.how} | {figure.value} |")
    if len(lines) < 3:
        raise ValueError(f"example '{id}' expects nothing of {', '.join(rules)}")
    return "\n".join(lines) + "\n"
