"""The workbooks that imports were read from, byte for byte, for whoever collects."""

from __future__ import annotations

from flask import Blueprint, Response, abort, send_file

from hpf.portal.access import needs
from hpf.portal.database import desk, session
from hpf.portal.rights import Act
from hpf.storage.backup_files import ORIGINALS, place_of, sound
from hpf.storage.models import Import
from hpf.storage.troubles import TamperError, trouble

pages = Blueprint("originals", __name__, url_prefix="/collect/original")


@pages.get("/<int:number>")
@needs(Act.COLLECT)
def file(number: int) -> Response:
    """An import's original. TamperError where it is no longer what it was read from."""
    one = session().get(Import, number)
    if one is None or one.hospital_id != desk().hospital or not kept_original(one):
        abort(404)
    home = desk().settings.home.folder
    path = place_of(home, ORIGINALS, one.file_digest)
    if path is None or not sound(home, path.relative_to(home).as_posix()):
        words = (f"原件 {one.file} 被改过", f"the original {one.file} was changed")
        cure = ("请从备份放回", "Put it back from a backup")
        raise TamperError([trouble("original_altered", words, cure, one.file)])
    return send_file(path, mimetype="application/octet-stream", as_attachment=True,
                     download_name=one.file)  # fmt: skip


def kept_original(one: Import) -> bool:
    """Whether the original of an import is at hand."""
    return place_of(desk().settings.home.folder, ORIGINALS, one.file_digest) is not None
