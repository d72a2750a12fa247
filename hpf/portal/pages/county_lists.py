"""Files that the group hands in, until it confirms them: one private spool, one reading each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import flash, request

from hpf.portal.access import me
from hpf.portal.database import desk
from hpf.portal.language import say
from hpf.portal.pages.collect_spool import SUFFIXES, Spool, Upload

ACCEPT = ",".join(SUFFIXES)


def spool() -> Spool:
    """Where files wait: the same folder as workbooks of the collection."""
    return Spool(desk().settings.home.folder / "spool")


def handed_in(scheme: str, period: str, what: str) -> Upload | None:
    """The file of the request, kept under what it is for; None, and said so, where there is none
    or it is no workbook."""
    file = request.files.get("file")
    if file is None or not file.filename:
        flash(say(("请选择一个文件", "Choose a file")), "warning")
        return None
    try:
        return spool().put(file, file.filename, login=me().login, scheme=scheme, period=period,
                           extent=what)  # fmt: skip
    except ValueError:
        kinds = "、".join(SUFFIXES)
        flash(say((f"这不是工作簿，可用 {kinds}", f"This is no workbook ({kinds})")), "warning")
        return None


def waiting(what: str) -> Upload | None:
    """The file that is confirmed; None, and said so, where it is gone or of something else."""
    kept = spool().get(request.form.get("token", ""), me().login)
    if kept is not None and kept.extent == what:
        return kept
    flash(say((
        "这个文件已经写入、放弃或过期，什么都没有再写。请重新上传。",
        "This file was written, discarded, or is too old; nothing more was written.",
    )), "warning")  # fmt: skip
    return None


def path_of(kept: Upload) -> Path:
    """Where it lies."""
    return spool().path(kept)


def done(kept: Upload) -> None:
    """It was written, or will not be."""
    spool().drop(kept.token)


def limit() -> Any:
    """The largest file, in megabytes."""
    return desk().settings.upload_mb
