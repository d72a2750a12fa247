"""Intake: workbooks in (templates, reading, problems) and workbooks of results out."""

from hpf.intake.reader import load, merge, read_facts

__all__ = ["load", "merge", "read_facts"]
