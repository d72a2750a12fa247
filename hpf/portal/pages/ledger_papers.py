"""Files that stand for an entry's reason: handed in with it, open to whoever may see the entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, request

from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.pages.mine import download
from hpf.portal.rights import Act
from hpf.storage.ledgers import find_entry
from hpf.storage.models import Evidence
from hpf.workflow.evidence import (
    FOLDER,
    LARGEST,
    EvidenceFiles,
    Given,
    media_type,
    of_objects,
)
from hpf.workflow.ledgers_entries import PAPERS, Line

pages = Blueprint("ledger_papers", __name__, url_prefix="/ledger/paper")


def folder() -> EvidenceFiles:
    """Where they lie: in the home, which no server hands out."""
    return EvidenceFiles(desk().settings.home.folder / FOLDER)


def handed_in() -> Given:
    """The files of a form; one that is too large is told by its size, not read to its end."""
    return [
        (f.filename or "", f.stream.read(LARGEST + 1))
        for f in request.files.getlist("papers")
        if f.filename
    ]


def papers_of(lines: Iterable[Line]) -> dict[int, list[Evidence]]:
    """The files of entries, by the entry's number."""
    numbers = [str(line.entry.id) for line in lines]
    found = of_objects(session(), desk().hospital, PAPERS, numbers)
    return {int(number): files for number, files in found.items()}


@pages.get("/<int:number>")
@needs(Act.BOARD)
def paper(number: int) -> Any:
    """A file, for whoever may see the entry; others find nothing."""
    one = session().get(Evidence, number)
    if one is None or one.hospital_id != desk().hospital or one.object != PAPERS:
        abort(404)
    entry, _ = find_entry(session(), desk().hospital, int(one.object_id))
    if not me().sees_person(entry.person, {entry.department}):
        abort(404)
    name = f"evidence-{one.id}.{one.file.rpartition('.')[2]}"
    return download(folder().read(one), name, media_type(one.file))
