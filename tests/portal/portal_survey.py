"""A portal whose hospital asks questions: the plugin of the questionnaires' tests is enabled."""

from __future__ import annotations

import random
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from portal_homes import rows

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "questionnaires"))

import survey_plugin

from hpf.core.facts import facts_of
from hpf.core.kit import manager
from hpf.core.periods import Period
from hpf.portal.clock import today
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.imports import preview, save_import
from hpf.storage.questionnaires import assignments_of
from hpf.workflow.questionnaire_answers import by_rater

PERIOD = Period.parse("2026-Q3")
AT = f"scheme=surveyed&period={PERIOD}"


def enable(home: Home, patch: pytest.MonkeyPatch) -> Home:
    """The home with the plugin, as if it were installed, and with the quarter's facts."""
    real = manager.entry_points

    def points(**asked: Any) -> Any:
        return [*real(**asked), EntryPoint("surveyed", survey_plugin.__name__, "hpf")]

    patch.setattr(manager, "entry_points", points)
    text = home.file.read_text("utf-8")
    home.file.write_text(text.replace('["township"]', '["township", "surveyed"]'), "utf-8")
    home = Home.open(home.folder)
    engine, programs = home.engine(), home.programs()
    data: dict[str, Any] = {"hospital": {"H": {}}}
    data["department"] = {r["id"]: {"hospital": "H"} for r in rows("department")}
    data["staff"] = {r["id"]: {"department": r["department"]} for r in rows("staff")}
    with writing(engine) as session:
        program, hospital = programs["surveyed"], home.hospital(session)
        facts = facts_of(program, PERIOD, data)
        save_import(session, preview(session, hospital, program, facts), by="seed")
        session.commit()
    engine.dispose()
    return home


def others_answer(home: Home, number: int, but: str = "") -> int:
    """Everybody who was asked hands in an answer, except one person; in some order."""
    engine, chance, count = home.engine(), random.Random(3), 0
    with writing(engine) as session:
        hospital = home.hospital(session)
        asked = [(a.rater, a.row_id, a.group_code) for a in assignments_of(session, number)]
        chance.shuffle(asked)
        for rater, row, group in asked:
            if rater != but:
                said = "很耐心" if group == "peers" and chance.random() < 0.3 else ""
                marks = [str(chance.randint(low, 5)) for low in (2, 1)]
                fields = {"skill": marks[0], "teamwork": marks[1], "remark": said}
                by_rater(session, home.keys, hospital, number, rater, row, group, fields, today())
                count += 1
        session.commit()
    engine.dispose()
    return count
