"""The strategy map: objectives from cause to effect, their indicators, and what lacks which."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template

from hpf.core import StrategyMap
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.issued import is_public
from hpf.portal.language import language, say
from hpf.portal.pages.derivation_runs import shelf
from hpf.portal.pages.rooms import room
from hpf.portal.place import Place
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.reports.charts import Node, Words, strategy_map
from hpf.reports.strategy import Map, read_map
from hpf.storage.cycles import cycle_of_run, newest_run
from hpf.storage.facts import facts_at

pages = Blueprint("strategy", __name__, url_prefix="/strategy")


@pages.get("/")
@needs(Act.BOARD)
def index() -> Any:
    """The map of the period with its table; how far objectives are once results are public."""
    plan, at = room(desk().declared.maps)
    found = None
    if at is not None:
        facts = facts_at(session(), desk().hospital, at.program, at.period)
        found = read_map(plan, at.program, facts, lang=language(), scores=_scores(plan, at))
    period = figures.period(at.period, language()) if at else ""
    return render_template(
        "strategy/index.html", at=at, found=found, period=period, names=say(plan.names),
        drawn=_drawn(found, period) if found and found.objectives else None, figures=figures,
    )  # fmt: skip


def _scores(plan: StrategyMap, at: Place) -> dict[str, Decimal]:
    """What the newest run says of the objectives: for whoever sees results, and for everybody once
    they are public."""
    stored = newest_run(session(), desk().hospital, at.scheme, at.period)
    if not plan.score or stored is None:
        return {}
    if not may(me(), Act.TOTALS) and not is_public(cycle_of_run(session(), stored), stored):
        return {}
    with shelf().of(stored.id) as loaded:
        run = loaded.run
        found = {
            id: run.value(plan.entity, id, plan.score) for id in run.checked.rows[plan.entity].ids
        }
    return {id: v for id, v in found.items() if isinstance(v, Decimal)}


def _drawn(found: Map, period: str) -> Any:
    nodes = [
        Node(o.id, o.name, o.perspective, o.level, o.score, not o.indicators)
        for o in found.objectives
    ]
    many = len(found.objectives), len(found.arrows)
    words = Words(
        say((f"{period}战略地图：{many[0]} 个目标，{many[1]} 条因果关系",
             f"Strategy map of {period}: {many[0]} objectives, {many[1]} links")),
        (say(("目标", "Objective")), say(("维度", "Perspective")), say(("带动", "Leads to")),
         say(("达成", "Achieved"))),
        say(("没有指标", "no indicator")),
    )  # fmt: skip
    return strategy_map(nodes, found.arrows, found.perspectives, words=words)
