"""Transfusion desk pay (TD): hook implementations only; the rules are in `rules.py`."""

from __future__ import annotations

from hpf.core import Scheme, hookimpl

from .rules import scheme


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The one scheme of this document."""
    return [scheme]
