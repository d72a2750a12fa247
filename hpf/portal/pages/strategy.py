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
from hpf.reports.strategy import achieved, draw_map, read_map
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
    drawn = draw_map(found, period, lang=language()) if found and found.objectives else None
    return render_template(
        "strategy/index.html", at=at, found=found, period=period, names=say(plan.names),
        drawn=drawn, figures=figures,
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
        return achieved(plan, loaded.run)
