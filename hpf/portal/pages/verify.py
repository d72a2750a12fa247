"""Whether a slip is genuine: its code gives the figures it must bear, and nobody's name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from hpf.portal.access import needs
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.reports.codes import confirm, slip_key

pages = Blueprint("verify", __name__, url_prefix="/verify")


@pages.get("/")
@needs(Act.VERIFY)
def index() -> Any:
    """A form for the code; with one, what the slip must say."""
    code = (request.args.get("code") or "").strip()
    found, wrong = None, ""
    if code:
        try:
            found = confirm(session(), desk().hospital, slip_key(desk().settings.home.keys), code)
        except ValueError:
            wrong = say(
                ("请照单上的 12 位字母和数字输入", "Enter the twelve signs as they are printed")
            )
        else:
            if found is None:
                wrong = say(("没有这样的绩效单：码不对，或不是本院打印的",
                             "No such slip: the code is wrong, or not printed here"))  # fmt: skip
    period = figures.period(found.period, language()) if found else ""
    return render_template("verify/index.html", code=code, found=found, wrong=wrong, period=period)
