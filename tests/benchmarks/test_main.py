"""The command: which parts, which sizes, and what happens when one part breaks."""

from __future__ import annotations

import pytest

from benchmarks import __main__ as command
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.table import Line


def _fine(sizes: Sizes) -> list[Line]:
    return [Line(f"fine with {sizes.staff:,}", "1 s", target="<= 2 s", met=True)]


def _broken(sizes: Sizes) -> list[Line]:
    raise RuntimeError("long story\nshort reason")


def test_a_part_that_breaks_is_told_and_the_others_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PARTS", {"one": _broken, "two": _fine})
    assert command.main([]) == 1
    said = capsys.readouterr()
    assert "one: NOT MEASURED: short reason" in said.out
    assert "fine with 1,000,000" in said.out
    assert said.out.strip().endswith("NOT MEASURED: one")
    assert "RuntimeError" in said.err


def test_missed_or_not_the_exit_code_is_zero_and_only_what_was_asked_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = Line("slow", "9 s", target="<= 2 s", met=False)
    monkeypatch.setattr(command, "PARTS", {"one": _broken, "two": lambda sizes: [missed]})
    assert command.main(["--only", "two"]) == 0
    said = capsys.readouterr().out
    assert "0 of 1 targets met." in said
    assert "MISSED: slow: 9 s, target <= 2 s" in said


def test_another_size_is_not_judged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "PARTS", {"two": _fine})
    assert command.main(["--staff", "5000"]) == 0
    said = capsys.readouterr().out
    assert "fine with 5,000" in said
    assert "not judged" in said
    assert "targets met" not in said


def test_the_full_sizes_are_those_of_the_targets() -> None:
    assert (FULL.staff, FULL.growth) == (1_000_000, (10_000, 100_000, 1_000_000))
    assert (FULL.people, FULL.departments, FULL.rules, FULL.rows) == (600, 30, 300, 20_000)
    assert (FULL.hospitals, FULL.items, FULL.earlier) == (2_000, 60, None)
    assert FULL.months == (1, 12)
    assert FULL.judged
    assert not QUICK.judged
