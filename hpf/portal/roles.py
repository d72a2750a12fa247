"""Roles of the portal, acts, and which role may do which: the one table of who may do what.

What is not in `ACTS` is not allowed. Whose rows somebody sees is the affair of `hpf.portal.rights`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hpf.core.errors import Text
from hpf.workflow.roles import Role as Party


class Role(StrEnum):
    """A role of the portal; the value is what user_roles keeps."""

    PRESIDENT = "management"
    PERFORMANCE_OFFICE = "hr"
    FINANCE = "finance"
    HEAD = "departments"
    STAFF = "staff"
    AUDITOR = "auditor"
    IT_ADMIN = "it"
    ASSESSOR = "assessor"
    EXPERT = "expert"
    ASSESSED = "assessed"

    @property
    def names(self) -> Text:
        """What the role is called."""
        return _NAMES[self]

    @property
    def party(self) -> Party | None:
        """The party of the cycle that it acts for; None where it moves no cycle."""
        return Party(self.value) if self.value in set(Party) else None


_NAMES = {
    Role.PRESIDENT: Text("院领导", "Management"),
    Role.PERFORMANCE_OFFICE: Text("绩效办", "Performance office"),
    Role.FINANCE: Text("财务科", "Finance"),
    Role.HEAD: Text("科室负责人", "Head of department"),
    Role.STAFF: Text("职工", "Staff"),
    Role.AUDITOR: Text("审计", "Auditor"),
    Role.IT_ADMIN: Text("信息科", "IT"),
    Role.ASSESSOR: Text("县级考核", "County assessor"),
    Role.EXPERT: Text("考核专家", "Expert"),
    Role.ASSESSED: Text("被考核医院", "Assessed hospital"),
}


# Roles that are given and taken; staff are whoever the register knows.
GRANTED: tuple[Role, ...] = tuple(r for r in Role if r is not Role.STAFF)


def departmental(role: Role) -> bool:
    """Whether a role is held in departments, one by one."""
    return role is Role.HEAD


class Act(StrEnum):
    """A deed, or a kind of page. Pages name the one they need (`hpf.portal.access`)."""

    HOME = "home"  # one's own home page, the handbook, one's account
    HANDBOOK = "handbook"
    VERIFY = "verify"  # whether a slip is genuine
    MY_PAY = "my_pay"
    MY_APPEAL = "my_appeal"
    MY_POINTS = "my_points"  # one's own entries in the ledger
    CYCLE = "cycle"  # where the period stands
    BOARD = "board"  # what was made public
    REGISTER = "register"  # departments and people, without pay
    DEPARTMENT = "department"  # a department's results and people
    ALLOCATE = "allocate"  # second-level distribution
    POINTS = "points"  # entries of the ledger, of those whose pay one sees
    BOOK = "book"  # book entries and take them back
    FEEDBACK = "feedback"  # what people and those in charge of them write to one another
    REPORT = "report"  # hand in facts for one's department
    SURVEY = "survey"  # open, hand out and close questionnaires
    SURVEY_RESULTS = "survey_results"  # counts while they are open, means of groups afterwards
    RATE = "rate"  # answer what one is asked, read what was said of oneself
    ENTER = "enter"  # fill in forms: the columns that are one's own to report
    RESULTS = "results"  # the hospital's results, person by person
    TOTALS = "totals"  # the hospital's sums and scores, nobody's pay
    CONFIGURE = "configure"
    PLAN = "plan"
    COLLECT = "collect"
    CALCULATE = "calculate"
    REVIEW = "review"  # look at what is put to the vote
    DECIDE = "decide"  # approve, decide appeals
    PUBLISH = "publish"
    PAY = "pay"
    COUNTY = "county"  # hospitals side by side
    ASSESSMENT = "assessment"  # what all who take part in an assessment see: the draw
    ASSESS = "assess"  # act for the assessment group
    MARK = "mark"  # an expert's own marks
    ASSESSED = "assessed"  # an assessed hospital's own result, and its objections
    AUDIT = "audit"  # the audit trail
    JOBS = "jobs"
    PLUGINS = "plugins"
    ORGANISE = "organise"  # change the register of departments and staff
    ACCOUNTS = "accounts"  # accounts, roles (never one's own), passwords
    UPKEEP = "upkeep"  # backups, versions, space: no pay
    BANK = "bank"  # enter bank accounts
    BANK_APPROVE = "bank_approve"  # look at what waits by its last digits, and approve it


R = Role
_EVERYBODY = frozenset(Role)
_OFFICE = frozenset({R.PRESIDENT, R.PERFORMANCE_OFFICE})
WHOLE = _OFFICE | {R.FINANCE, R.AUDITOR}  # who sees everybody's pay
_GUESTS = frozenset({R.EXPERT, R.ASSESSED})  # who take part in an assessment, and nothing else
_HOSPITAL = _EVERYBODY - {R.ASSESSOR} - _GUESTS
ACTS: Mapping[Act, frozenset[Role]] = {
    Act.HOME: _EVERYBODY,
    Act.HANDBOOK: _EVERYBODY,
    Act.VERIFY: _EVERYBODY - {R.IT_ADMIN} - _GUESTS,  # a code leads to figures
    Act.MY_PAY: frozenset({R.STAFF}),
    Act.MY_APPEAL: frozenset({R.STAFF}),
    Act.MY_POINTS: frozenset({R.STAFF}),
    Act.CYCLE: _EVERYBODY - _GUESTS,
    Act.BOARD: _HOSPITAL - {R.IT_ADMIN},
    Act.REGISTER: _HOSPITAL - {R.STAFF},
    Act.DEPARTMENT: WHOLE | {R.HEAD},
    Act.ALLOCATE: frozenset({R.HEAD}),
    Act.POINTS: WHOLE | {R.HEAD},
    Act.BOOK: frozenset({R.HEAD, R.PERFORMANCE_OFFICE}),
    Act.FEEDBACK: frozenset({R.STAFF, R.HEAD, R.PERFORMANCE_OFFICE}),
    Act.REPORT: frozenset({R.HEAD, R.PERFORMANCE_OFFICE}),
    Act.SURVEY: frozenset({R.PERFORMANCE_OFFICE}),
    Act.SURVEY_RESULTS: _OFFICE,
    Act.RATE: frozenset({R.STAFF}),
    Act.ENTER: frozenset({R.HEAD, R.FINANCE, R.PERFORMANCE_OFFICE}),
    Act.RESULTS: WHOLE,
    Act.TOTALS: WHOLE | {R.ASSESSOR},
    Act.CONFIGURE: frozenset({R.PERFORMANCE_OFFICE}),
    Act.PLAN: _OFFICE,
    Act.COLLECT: frozenset({R.PERFORMANCE_OFFICE}),
    Act.CALCULATE: frozenset({R.PERFORMANCE_OFFICE}),
    Act.REVIEW: WHOLE,
    Act.DECIDE: frozenset({R.PRESIDENT}),
    Act.PUBLISH: _OFFICE,
    Act.PAY: frozenset({R.FINANCE}),
    Act.COUNTY: frozenset({R.ASSESSOR, R.PRESIDENT}),
    Act.ASSESSMENT: frozenset({R.ASSESSOR, R.PRESIDENT}) | _GUESTS,
    Act.ASSESS: frozenset({R.ASSESSOR}),
    Act.MARK: frozenset({R.EXPERT}),
    Act.ASSESSED: frozenset({R.ASSESSED}),
    Act.AUDIT: frozenset({R.AUDITOR, R.IT_ADMIN, R.PRESIDENT}),
    Act.JOBS: frozenset({R.IT_ADMIN, R.PERFORMANCE_OFFICE}),
    Act.PLUGINS: frozenset({R.IT_ADMIN}),
    Act.ORGANISE: frozenset({R.PERFORMANCE_OFFICE}),
    Act.ACCOUNTS: frozenset({R.IT_ADMIN}),
    Act.UPKEEP: frozenset({R.IT_ADMIN}),
    Act.BANK: frozenset({R.FINANCE}),
    Act.BANK_APPROVE: frozenset({R.FINANCE, R.PRESIDENT}),
}
