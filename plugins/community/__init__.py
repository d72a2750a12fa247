"""A community hospital: scorecards for departments, points for people, pay by rank (S0).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import (
    Dialogue,
    Form,
    Ledger,
    Page,
    Panel,
    Questionnaire,
    ReportSection,
    Scheme,
    StrategyMap,
    hookimpl,
)

# Each module declares its chapter's rules on the one scheme, in the document's order.
# isort: off
from . import levels, organisation, strategy, card_checks, scorecard, item_checks  # noqa: F401
from . import standards, points, ratings, ranking, pay, fairness, results  # noqa: F401
from . import adjustments, effectiveness  # noqa: F401
from .evaluation import QUESTIONNAIRE
from .rooms import DIALOGUE, LEDGER, MAP
from .scheme import scheme
from .sections import FORMS, PAGES, PANELS, REPORT_SECTIONS
# isort: on


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The one scheme of this folder; its rules stand in the modules imported here."""
    return [scheme]


@hookimpl
def hpf_report_sections() -> list[ReportSection]:
    """Points and place of a person, scores and people of a department."""
    return REPORT_SECTIONS


@hookimpl
def hpf_pages() -> list[Page]:
    """Scorecards, places, uses of the result, the committee's list, the objectives."""
    return PAGES


@hookimpl
def hpf_forms() -> list[Form]:
    """What departments, personnel and finance report."""
    return FORMS


@hookimpl
def hpf_panels() -> list[Panel]:
    """On the home page, on one's pay, on a department's page."""
    return PANELS


@hookimpl
def hpf_questionnaires() -> list[Questionnaire]:
    """The 360-degree evaluation."""
    return [QUESTIONNAIRE]


@hookimpl
def hpf_ledgers() -> list[Ledger]:
    """Points, whose entries the framework keeps."""
    return [LEDGER]


@hookimpl
def hpf_dialogues() -> list[Dialogue]:
    """Talks and trainings, counted for each person."""
    return [DIALOGUE]


@hookimpl
def hpf_maps() -> list[StrategyMap]:
    """The strategy map."""
    return [MAP]
