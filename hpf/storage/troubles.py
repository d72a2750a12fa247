"""Problems of this room: place, reason and cure, under codes that begin with `storage.`."""

from __future__ import annotations

from hpf.core.errors import HpfError, Problem, Text

Words = tuple[str, str]


class StorageError(HpfError):
    """The database cannot be used as asked; nothing was written."""


class TamperError(HpfError):
    """What is stored is not what was written: somebody changed it by another way."""


def trouble(
    code: str,
    message: Words,
    cure: Words = ("", ""),
    place: str = "",
    entity: str = "",
    id: str = "",
    name: str = "",
    severity: str = "problem",
) -> Problem:
    """A problem; message and cure are (Chinese, English)."""
    return Problem(
        f"storage.{code}", Text(*message), Text(*cure), place, entity, id, name, severity
    )
