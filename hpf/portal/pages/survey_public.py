"""The page that a slip or a poster leads to: no log-in, no name, no script needed.

It sets no cookie but the one that keeps a form from being sent by another site, and it is bounded:
so many answers a minute from one address, fewer still through an open link. Addresses are counted
in memory alone and never written down.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_limiter.util import get_remote_address
from limits import parse

from hpf.core.errors import HpfError
from hpf.portal.access import anybody
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language
from hpf.storage.questionnaires import find_questionnaire
from hpf.workflow.questionnaire_answers import Slip, by_token, slip

pages = Blueprint("survey_public", __name__, url_prefix="/s")
RATE = "120/minute"  # pages and answers from one address; a hospital's visitors may share one
LINK_RATE = "20/hour"  # answers through an open link from one address
MOST_TYPED = 80  # characters of a code, with whatever stands between


@pages.get("/")
@anybody
def start() -> Any:
    """A field for the number and code of a slip, for whoever cannot scan it."""
    return _page("survey/start.html")


@pages.post("/")
@anybody
def typed() -> Any:
    """From what was typed to the form."""
    number, code = request.form.get("number", "").strip(), request.form.get("code", "").strip()
    if not number.isdecimal() or len(number) > 9 or not code or len(code) > MOST_TYPED:
        return _page("survey/start.html", wrong=True), 422
    token = "-".join(part for part in code.upper().replace("-", " ").split() if part)
    if "/" in token:
        return _page("survey/start.html", wrong=True), 422
    return redirect(url_for("survey_public.form", number=int(number), token=token))


@pages.get("/thanks")
@anybody
def thanks() -> Any:
    """What becomes of it now."""
    return _page("survey/thanks.html")


@pages.get("/<int:number>/<token>")
@anybody
def form(number: int, token: str) -> Any:
    """The questions; for a slip that was used, and after the close, a page that says so."""
    found = _slip(number, token)
    if isinstance(found, tuple):
        return found
    return _page("survey/paper.html", found=found, given={}, wrong=[])


@pages.post("/<int:number>/<token>")
@anybody
def answer(number: int, token: str) -> Any:
    """Hand it in."""
    found = _slip(number, token)
    if isinstance(found, tuple):
        return found
    if found.batch.way == "link" and not _within(number):
        abort(429)
    given = request.form.to_dict()
    try:
        with writing() as changing:
            by_token(
                changing, desk().settings.home.keys, desk().hospital, number, token, given, today()
            )
    except HpfError as error:
        page = _page("survey/paper.html", found=found, given=given, wrong=error.problems)
        return page, 422
    return redirect(url_for("survey_public.thanks"))


@pages.record_once
def _limit(state: Any) -> None:
    """Bound every page of this group by the address it is asked from."""
    limiter = state.app.extensions["hpf_limiter"]
    limit = limiter.shared_limit(RATE, scope="survey", key_func=get_remote_address)
    for name, view in list(state.app.view_functions.items()):
        if name.startswith("survey_public."):
            state.app.view_functions[name] = limit(view)


def _within(number: int) -> bool:
    limiter = current_app.extensions["hpf_limiter"].limiter
    return bool(limiter.hit(parse(LINK_RATE), f"survey-link-{number}", get_remote_address()))


def _slip(number: int, token: str) -> Slip | tuple[str, int]:
    """Where a token leads; a page with its status where it leads to no form."""
    try:
        one = find_questionnaire(session(), desk().hospital, number)
        if one.digest is not None or today() > one.closes:
            return _page("survey/shut.html", why="late"), 410
        if today() < one.opens:
            return _page("survey/shut.html", why="early", day=one.opens), 404
        found = slip(session(), desk().settings.home.keys, desk().hospital, number, token)
    except HpfError:
        return _page("survey/shut.html", why="unknown"), 404
    if found.spent:
        return _page("survey/shut.html", why="spent"), 410
    return found


def _page(template: str, **values: Any) -> str:
    hospital = desk().settings.home.hospital_name
    return render_template(template, lang=language(), hospital=hospital, **values)
