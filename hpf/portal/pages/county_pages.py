"""All pages of an assessment, in one group: importing the modules puts them there."""

from __future__ import annotations

from hpf.portal.pages import (
    county,
    county_item,
    county_lost,
    county_marks,
    county_open,
    county_own,
    county_pool,
    county_steps,
    county_table,
    county_visits,
)
from hpf.portal.pages.county_desk import drawing, marking, owned, pages

PARTS = (
    county, county_item, county_lost, county_marks, county_open, county_own, county_pool,
    county_steps, county_table, county_visits,
)  # fmt: skip
GROUPS = (pages, drawing, marking, owned)
__all__ = ["GROUPS", "PARTS"]
