"""Pay by department: the laboratory's appraisal (S4.6) and a city hospital's departments (S4.7).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import Form, Page, ReportSection, Scheme, hookimpl

from .anaesthesia import scheme as anaesthesia
from .cardiology import scheme as cardiology
from .category_weight import scheme as category_weight
from .director import scheme as director
from .director import year as director_year
from .forms import FORMS
from .general_surgery import scheme as general_surgery
from .head_nurse import scheme as head_nurse
from .head_nurse import year as head_nurse_year
from .laboratory import scheme as laboratory
from .laboratory_points import scheme as laboratory_points
from .operating_room import scheme as operating_room
from .ophthalmology import scheme as ophthalmology
from .radiology import scheme as radiology
from .sections import PAGES, REPORT_SECTIONS
from .ultrasound import scheme as ultrasound
from .ward_nurse import scheme as ward_nurse


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The schemes of this folder, in the order of the documents."""
    return [
        laboratory,
        category_weight,
        director,
        director_year,
        cardiology,
        ophthalmology,
        general_surgery,
        anaesthesia,
        ultrasound,
        radiology,
        laboratory_points,
        head_nurse,
        head_nurse_year,
        ward_nurse,
        operating_room,
    ]


@hookimpl
def hpf_report_sections() -> list[ReportSection]:
    """Points on the slips, and the columns of a department's people."""
    return REPORT_SECTIONS


@hookimpl
def hpf_pages() -> list[Page]:
    """Tables of a department's people: points, parts and pay."""
    return PAGES


@hookimpl
def hpf_forms() -> list[Form]:
    """What a department reports each period."""
    return FORMS
