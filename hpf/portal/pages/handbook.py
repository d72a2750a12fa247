"""The scheme's handbook on screen: clause by clause, as the program that computes says it."""

from __future__ import annotations

from collections import Counter, OrderedDict
from threading import Lock
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for

from hpf.portal.access import needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.place import place
from hpf.portal.rights import Act
from hpf.reports.cards.clauses import COVERS
from hpf.reports.cards.handbook import Handbook, handbook_model
from hpf.reports.issuing import brand_of
from hpf.storage.configuration import in_force, settings_of

pages = Blueprint("handbook", __name__, url_prefix="/handbook")
_KEPT = 6  # handbooks; one takes a second to write
_NAME = "hpf_handbooks"
Key = tuple[str, str, str, int]


class Bookcase:
    """Handbooks that were asked for last, until a day passes or the hospital decides anew."""

    def __init__(self) -> None:
        self._held: OrderedDict[Key, Handbook] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Handbook | None:
        """One of them."""
        with self._lock:
            return self._held.get(key)

    def put(self, key: Key, book: Handbook) -> None:
        """Keep one; the oldest goes."""
        with self._lock:
            self._held[key] = book
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)


@pages.get("/")
@needs(Act.HANDBOOK)
def index() -> Any:
    """The handbook of the scheme that is looked at; without one, the list of schemes."""
    at = place()
    if at is not None:
        return redirect(url_for("handbook.scheme", scheme=at.scheme))
    schemes = [(code, say(p.names), p.version) for code, p in desk().programs.items()]
    return render_template("handbook/schemes.html", schemes=schemes)


@pages.get("/<scheme>/")
@needs(Act.HANDBOOK)
def scheme(scheme: str) -> Any:
    """One scheme's, with an anchor for every clause."""
    programs = desk().programs
    if scheme not in programs:
        abort(404)
    book = _book(scheme)
    covers = Counter(p.cover for p in book.provisions)
    order = [say(t) for t in COVERS.values()]
    schemes = [(code, say(p.names)) for code, p in programs.items()]
    return render_template(
        "handbook/page.html", book=book, schemes=schemes, code=scheme,
        anchors={p.id: p.anchor for p in book.provisions},
        coverage=[(c, covers[c]) for c in order if covers[c]],
    )  # fmt: skip


def _book(scheme: str) -> Handbook:
    case: Bookcase = current_app.extensions.setdefault(_NAME, Bookcase())
    hospital, lang, day = desk().hospital, language(), today()
    decided = max((e.id for e in in_force(session(), hospital, scheme)), default=0)
    key = (scheme, lang, day.isoformat(), decided)
    found = case.get(key)
    if found is None:
        program, home = desk().programs[scheme], desk().settings.home
        settings = settings_of(session(), hospital, program)
        beside = [p for p in desk().programs.values() if p.folder == program.folder]
        found = handbook_model(program, brand_of(home), day, lang, settings=settings, beside=beside)
        case.put(key, found)
    return found
