"""Schemes as they were: each program's canonical JSON, kept once under its own digest."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from hpf.core.program import Program
from hpf.core.program_json import digest_of, program_json, read_program
from hpf.storage.models import StoredProgram
from hpf.storage.troubles import StorageError, TamperError, trouble


def store_program(session: Session, program: Program) -> str:
    """Keep a program; returns its digest. One that is there already is not written again."""
    text = program_json(program)
    digest = digest_of(text)
    if session.get(StoredProgram, digest) is None:
        session.add(
            StoredProgram(
                digest=digest,
                scheme=program.code,
                version=program.version,
                document=json.loads(text),
                at=dt.datetime.now(dt.UTC),
            )
        )
        session.flush()
    return digest


def load_program(session: Session, digest: str) -> Program:
    """The program kept under a digest.

    Raises StorageError where there is none, or this version cannot read it; TamperError where
    the text no longer has that digest.
    """
    kept = type_coerce(StoredProgram.document, Text)  # as it stands: it is canonical, or altered
    text = session.scalar(select(kept).where(StoredProgram.digest == digest))
    if text is None:
        words = ("没有存下这个方案", "the scheme is not kept")
        raise StorageError([trouble("no_program", words, place=digest[:12])])
    if digest_of(text) != digest:
        words = ("存储的方案被改动过", "the stored scheme was altered")
        cure = ("请运行 hpf audit verify，并从备份核对", "Run hpf audit verify, compare a backup")
        raise TamperError([trouble("program", words, cure, digest[:12])])
    return _read(text)


@lru_cache(maxsize=32)  # a program never changes: its text is the key
def _read(text: str) -> Program:
    try:
        return read_program(text)
    except ValueError as error:
        words = (f"本版本读不了存储的方案：{error}", f"this version cannot read it: {error}")
        cure = ("请用封存时的版本核对", "Verify it with the version that sealed it")
        raise StorageError([trouble("program_format", words, cure)]) from error
