"""The plugin holds: clauses covered, examples right in both interpreters, mutants noticed."""

from __future__ import annotations

import hpf_cleaning

from hpf.core.kit.testing import assert_plugin_holds


def test_cleaning_holds() -> None:
    assert_plugin_holds(hpf_cleaning, mutate=True)
