"""The environment of all templates of papers and charts: strict, escaped, with marked signs."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from hpf.reports.fonts import marked


def environment() -> Environment:
    """A new one, for its caller to add filters of its own and to keep."""
    made = Environment(
        loader=PackageLoader("hpf.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["mark"] = marked
    return made
