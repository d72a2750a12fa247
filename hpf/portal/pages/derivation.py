"""One figure taken apart: formula, tree, last period beside this one, basis of every row, seal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from flask import Blueprint, abort, render_template, request, url_for
from markupsafe import Markup

from hpf.core.change import why as explain
from hpf.core.formula.in_numbers import in_numbers
from hpf.core.formula.steps import Step
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.core.values import ABSENT, Trouble
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.issued import is_public
from hpf.portal.language import language, say
from hpf.portal.pages.derivation_plain import Plain, plain
from hpf.portal.pages.derivation_rows import Node
from hpf.portal.pages.derivation_runs import Loaded, shelf
from hpf.portal.pages.derivation_sight import HOSPITAL, Sight, opens, row_name, units_of, whose
from hpf.portal.pages.derivation_tree import Grower
from hpf.portal.pages.derivation_why import waterfall
from hpf.portal.pages.derivation_words import number, said
from hpf.portal.rights import Act, Viewer, may
from hpf.reports import figures
from hpf.reports.cards.typeset import formula
from hpf.storage.cycles import cycle_of_run, newest_run
from hpf.storage.models import StoredRun
from hpf.workflow.stages import Stage

pages = Blueprint("derivation", __name__, url_prefix="/derivation")
DEPTH: Final = 6  # results inside one another; what lies deeper has a page of its own
_WIDE: Final = 3  # of a hospital's figure, which is made of every department's
_NEAR = Fraction(1, 10**12)  # stored results end there


@dataclass(frozen=True)
class Asked:
    """A figure of a sealed run that the viewer may see. before: last period's run, if any."""

    stored: StoredRun
    entity: str
    id: str
    rule: str
    who: Viewer
    before: StoredRun | None

    @property
    def scheme(self) -> str:
        """Of the run."""
        return self.stored.scheme

    @property
    def depth(self) -> int:
        """How many results inside one another are shown."""
        return _WIDE if self.entity == HOSPITAL else DEPTH


@pages.get("/<run>/<entity>/<path:id>/<rule>")
@needs(Act.HOME)
def index(run: str, entity: str, id: str, rule: str) -> Any:
    """The page. What does not exist and what is not the viewer's look the same."""
    asked = _asked(run, entity, id, rule)
    then: Plain | None = None
    before: Run | None = None
    if asked.before is not None:
        with shelf().of(asked.before.id) as loaded:
            if _open(asked, loaded.run, asked.before):
                before = loaded.run
                found = loaded.derive(asked.scheme, entity, id, asked.rule, asked.depth)
                then = plain(found) if found is not None else None
    with shelf().of(asked.stored.id) as loaded:
        own = units_of(loaded.run, entity, id)
        sight = Sight(loaded.run, asked.who, own)
        found_rule = loaded.run.program.rule(entity, asked.rule)
        if not _open(asked, loaded.run, asked.stored) or found_rule is None:
            abort(404)
        step = loaded.derive(asked.scheme, entity, id, asked.rule, asked.depth)
        if step is None:
            abort(404)
        root = plain(step)
        grower = Grower(loaded, loaded.run, asked.stored.id, sight, before, asked.depth)
        tree = grower.node(root, then)
        return render_template(
            "derivation/page.html", tree=tree, asked=asked, run=loaded.run,
            **_head(asked, loaded, root, then, found_rule, tree), **_proof(asked, loaded, step),
        )  # fmt: skip


@pages.get("/<run>/<entity>/<path:id>/<rule>/why")
@needs(Act.HOME)
def why(run: str, entity: str, id: str, rule: str) -> Any:
    """The card that says why it changed; it takes longer and comes after the page."""
    asked = _asked(run, entity, id, rule)
    if asked.before is None:
        abort(404)
    with shelf().of(asked.before.id) as loaded:
        before = loaded.run
    with shelf().of(asked.stored.id) as loaded:
        after = loaded.run
    runs = ((before, asked.before), (after, asked.stored))
    if not all(_open(asked, run, stored) for run, stored in runs):
        abort(404)
    then, now = (figures.short(r.period, language()) for _, r in runs)
    try:
        told = explain(before, after, entity, id, asked.rule)
    except (KeyError, ValueError):
        return render_template(_card(), fall=None)
    fall = waterfall(told, then, now, own_only=not asked.who.sees_everybody)
    return render_template(_card(), fall=fall)


def _card() -> str:
    """The card alone where the page asks for it; without scripts, a page of its own."""
    return f"derivation/why{'' if request.headers.get('HX-Request') else '_page'}.html"


def _asked(run: str, entity: str, id: str, rule: str) -> Asked:
    """The figure that the address names; 404 where the hospital has no such run."""
    stored = session().get(StoredRun, int(run)) if run.isdecimal() and len(run) < 10 else None
    if stored is None or stored.seal is None or stored.hospital_id != desk().hospital:
        abort(404)
    before = newest_run(session(), desk().hospital, stored.scheme, stored.period.earlier(1))
    return Asked(stored, entity, id, rule.rpartition(".")[2], me(), before)


def _open(asked: Asked, run: Run, stored: StoredRun) -> bool:
    """Whether the figure is open in a run: to the person whose it is, once it is public."""
    return opens(
        run,
        asked.who,
        asked.entity,
        asked.id,
        lambda: is_public(cycle_of_run(session(), stored), stored),
    )


def _head(
    asked: Asked, loaded: Loaded, root: Plain, then: Plain | None, rule: Rule, tree: Node
) -> dict[str, Any]:
    """Title, sentence and formula."""
    run, step = loaded.run, root.step
    rows = run.checked.rows[asked.entity]
    index = rows.row_of(asked.id) or 0
    name, kind = (
        row_name(run, asked.entity, asked.id),
        say(run.program.entities[asked.entity].names),
    )
    period, value, name_of = figures.short(run.period, language()), tree.now, rule.names
    unit = f" {tree.unit}" if tree.unit else ""
    title = say((f"{name}的 {period}{name_of.zh}是 {value}{unit}",
                 f"{name_of.en} of {name} in {period}: {value}{unit}"))  # fmt: skip
    if step.value is ABSENT:
        title = say((f"{name_of.zh}不适用于{name}", f"{name_of.en} does not apply to {name}"))
    elif isinstance(step.value, Trouble):
        title = say((f"{name}的{name_of.zh}算不出来", f"{name_of.en} of {name} cannot be computed"))
    line = in_numbers(loaded.scalar(asked.scheme), rule, index).say(language())
    return {
        "title": title, "name": name, "rule": rule, "period": period,
        "places": _places(run, asked), "changed": _changed(asked, step, then),
        "way": _way(asked, loaded), "appeal_at": _appeal(asked, loaded, rule),
        "reference": _reference(asked, f"{name} {say(name_of)} = {value}{unit}", kind),
        "words": formula(run.program, rule, language()),
        "line": _bars(line) if tree.numbers else "",
        "exact": number(root.exact) if root.exact is not None else "",
        "then": figures.short(asked.before.period, language()) if asked.before and then else "",
        "why_at": url_for("derivation.why", run=asked.stored.id, entity=asked.entity, id=asked.id,
                          rule=asked.rule),
    }  # fmt: skip


def _places(run: Run, asked: Asked) -> list[str]:
    """Names of the departments that the row belongs to."""
    rows = run.checked.rows.get("department")
    if rows is None or asked.entity == "department":
        return []
    found = []
    for unit in sorted(units_of(run, asked.entity, asked.id)):
        index = rows.row_of(unit)
        found.append(unit if index is None else str(rows.names[index] or unit))
    return found


def _changed(asked: Asked, step: Step, then: Plain | None) -> str:
    """How much more than last period; '' where there is nothing to compare with."""
    if asked.before is None or then is None:
        return ""
    one, two = then.step.value, step.value
    if not isinstance(one, Fraction) or not isinstance(two, Fraction):
        return ""
    period = figures.short(asked.before.period, language())
    if one == two:
        return say((f"与 {period}相同。", f"The same as in {period}."))
    by = said(abs(two - one), step.unit, language())
    by += f" {step.unit.say(language())}" if step.unit else ""
    more = ("多", "more") if two > one else ("少", "less")
    return say((f"比 {period}{more[0]} {by}。", f"{by} {more[1]} than in {period}."))


def _way(asked: Asked, loaded: Loaded) -> tuple[str, str] | None:
    """The page that one came from, by who asks: one's own slip, one's department, the run."""
    at: dict[str, Any] = {"scheme": asked.scheme, "period": str(asked.stored.period)}
    if _own(asked, loaded):
        return say(("我的绩效", "My pay")), url_for("mine.index", **at)
    if may(asked.who, Act.RESULTS):
        return say(("计算", "Calculate")), url_for("calculate.index", **at)
    if may(asked.who, Act.DEPARTMENT):
        return say(("本科室", "My department")), url_for("department.index", **at)
    return None


def _own(asked: Asked, loaded: Loaded) -> bool:
    """Whether the figure stands on the viewer's own slip: a line of theirs, or of their post."""
    return asked.who.staff in whose(loaded.run, asked.entity, asked.id).people


def _appeal(asked: Asked, loaded: Loaded, rule: Rule) -> str:
    """Where one may object to a line of one's own, while appeals are heard; '' otherwise."""
    cycle = cycle_of_run(session(), asked.stored)
    if cycle is None or Stage(cycle.state) not in (Stage.PUBLICISE, Stage.APPEAL):
        return ""
    if rule.kind != "pay" or not _own(asked, loaded) or not may(asked.who, Act.MY_APPEAL):
        return ""
    return url_for(
        "appeals.new", line=f"{asked.entity}|{asked.id}|{asked.rule}", run=asked.stored.id,
        scheme=asked.scheme, period=str(asked.stored.period),
    )  # fmt: skip


def _reference(asked: Asked, said: str, kind: str) -> str:
    """What one pastes into a letter so that anybody finds the very same figure again."""
    stored = asked.stored
    figure = f"{kind} {asked.id} · {asked.rule}"
    run = say((f"第 {stored.id} 次计算", f"run {stored.id}"))
    seal = say(("封存号", "seal"))
    scheme = f"{stored.scheme} {stored.version}"
    return f"{stored.period} · {said} · {figure} · {scheme} · {run} · {seal} {stored.seal}"


def _proof(asked: Asked, loaded: Loaded, step: Step) -> dict[str, Any]:
    """The seal, and whether both interpreters say the same."""
    stored = loaded.run.value(asked.entity, asked.id, asked.rule)
    agree = stored is None if step.value is ABSENT else stored == step.value
    if isinstance(stored, Decimal) and isinstance(step.value, Fraction):
        agree = abs(Fraction(stored) - step.value) <= _NEAR
    return {"agree": agree, "may_results": may(asked.who, Act.RESULTS)}


def _bars(line: str) -> Markup:
    """A line of arithmetic with its last division, if it is one of the whole, over a bar."""
    depth, at = 0, -1
    for n, sign in enumerate(line):
        depth += (sign in "(（") - (sign in ")）")
        if depth == 0 and sign == "÷":
            at = n
        elif depth == 0 and sign in "+−" and line[n - 1 : n] == " " and line[n + 1 : n + 2] == " ":
            return Markup("{}").format(line)
    if at < 0:
        return Markup("{}").format(line)
    over, under = line[:at].strip(), line[at + 1 :].strip()
    return Markup('<span class="frac"><span>{}</span><span>{}</span></span>').format(over, under)
