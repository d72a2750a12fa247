"""The tables. Models say what a row is; they never commit and hold no session."""

from __future__ import annotations

from hpf.storage.models.assessments import (
    AssessedAccount,
    Assessment,
    AssessmentEntry,
    Expert,
    Mark,
)
from hpf.storage.models.auditing import AuditEntry, AuditHead
from hpf.storage.models.base import Base
from hpf.storage.models.configuration import BindingSet, ColumnMapping, ParameterValue
from hpf.storage.models.cycles import (
    Adjustment,
    Appeal,
    Cycle,
    Filing,
    Task,
    Transition,
)
from hpf.storage.models.facts import Fact, FactColumn, Import, ImportColumn
from hpf.storage.models.ledgers import (
    LedgerAdjustment,
    LedgerBook,
    LedgerEntry,
    LedgerSighting,
    Note,
)
from hpf.storage.models.organisation import (
    Assignment,
    Department,
    Hospital,
    Jurisdiction,
    PeerGroup,
    Staff,
)
from hpf.storage.models.payouts import AccountEntry, Ceiling, PayoutBatch, PayoutLine, PayoutState
from hpf.storage.models.people import (
    Ballot,
    Committee,
    Evidence,
    Job,
    Member,
    User,
    UserRole,
    Vote,
)
from hpf.storage.models.questionnaires import (
    AnswerCount,
    Envelope,
    Questionnaire,
    RaterAssignment,
    SpentToken,
)
from hpf.storage.models.runs import RunRow, RunRule, StoredProgram, StoredResult, StoredRun

__all__ = [
    "AccountEntry",
    "Adjustment",
    "AnswerCount",
    "Appeal",
    "AssessedAccount",
    "Assessment",
    "AssessmentEntry",
    "Assignment",
    "AuditEntry",
    "AuditHead",
    "Ballot",
    "Base",
    "BindingSet",
    "Ceiling",
    "ColumnMapping",
    "Committee",
    "Cycle",
    "Department",
    "Envelope",
    "Evidence",
    "Expert",
    "Fact",
    "FactColumn",
    "Filing",
    "Hospital",
    "Import",
    "ImportColumn",
    "Job",
    "Jurisdiction",
    "LedgerAdjustment",
    "LedgerBook",
    "LedgerEntry",
    "LedgerSighting",
    "Mark",
    "Member",
    "Note",
    "ParameterValue",
    "PayoutBatch",
    "PayoutLine",
    "PayoutState",
    "PeerGroup",
    "Questionnaire",
    "RaterAssignment",
    "RunRow",
    "RunRule",
    "SpentToken",
    "Staff",
    "StoredProgram",
    "StoredResult",
    "StoredRun",
    "Task",
    "Transition",
    "User",
    "UserRole",
    "Vote",
]
