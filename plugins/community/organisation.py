"""Who assesses, and how people stay (document S0, chapters 2 and 7)."""

from __future__ import annotations

from hpf.core import (
    HOSPITAL,
    STAFF,
    Formula,
    Parameters,
    Row,
    first_day,
    larger,
    last_day,
    months_later,
)

from .scheme import MEMBER, scheme

PERSONNEL, MEDICAL, NURSING, OTHERS = "人事", "医务", "护理", "其他科室"

# The committee

scheme.choice(
    MEMBER, "represents", [PERSONNEL, MEDICAL, NURSING, OTHERS], zh="代表", en="Represents",
    clause="S0-7-1",
)  # fmt: skip
scheme.boolean(MEMBER, "expert", zh="临床专家", en="Clinical expert", clause="S0-2-1")
scheme.date(MEMBER, "appointed", zh="任命日期", en="Appointed", clause="S0-7-1")


@scheme.require(
    HOSPITAL,
    zh="考核委员会有人事、医务、护理和其他科室的代表",
    en="Personnel, medical services, nursing and another department sit on the committee",
    clause="S0-7-1",
    cure=("请补上缺的代表", "Add the representative who lacks"),
)
def all_represented(hospital: Row) -> Formula:
    """Three are named, and some others: one at least."""
    one, two, three, four = (
        _seats(hospital, seat) > 0 for seat in (PERSONNEL, MEDICAL, NURSING, OTHERS)
    )
    return one & two & three & four


def _seats(hospital: Row, seat: str) -> Formula:
    return hospital.members.where(lambda m: m.represents == seat).count()


@scheme.require(
    HOSPITAL,
    zh="考核委员会有足够的临床专家",
    en="The committee has clinical experts enough",
    clause="S0-2-1",
    cure=("请补上临床专家", "Add clinical experts"),
)
def experts_enough(hospital: Row, p: Parameters) -> Formula:
    """One at least, whatever the parameter says."""
    experts = hospital.members.where(lambda m: m.expert).count()
    return experts >= larger(p.min_clinical_experts, 1)


@scheme.require(
    HOSPITAL,
    zh="考核委员会人数合乎规定",
    en="The committee has its size",
    clause="S0-7-1",
    cure=("请增补或调整委员", "Add or release members"),
)
def committee_full(hospital: Row, p: Parameters) -> Formula:
    """Neither more nor fewer."""
    return hospital.members.count() == p.committee_size


@scheme.require(
    MEMBER,
    zh="委员在任期内",
    en="The member's term has not run out",
    clause="S0-7-1",
    cure=("请换届或重新任命", "Appoint anew, or somebody else"),
)
def within_term(member: Row, p: Parameters) -> Formula:
    """Appointed before the period's end, and not too long ago."""
    ends = months_later(member.appointed, p.committee_term)
    return (member.appointed <= last_day()) & (ends > last_day())


# Training, and levels of responsibility

scheme.integer(
    STAFF, "trainings", zh="本期绩效培训次数", en="Trainings attended", low=0, clause="S0-7-2"
)
scheme.integer(STAFF, "talks", zh="本期绩效沟通次数", en="Talks held", low=0, clause="S0-2-5")
scheme.integer(
    STAFF, "level", zh="管理层级", en="Level of management", low=1, clause="S0-7-3",
    note=("一般人员填 1，层级高的数字大", "1 for staff without a charge, more for higher levels"),
)  # fmt: skip
scheme.boolean(
    STAFF, "heads_hospital", zh="医院负责人", en="Heads the hospital", blank="zero",
    clause="S0-7-3", note=("由上级主管部门考核", "Assessed by the authority above"),
)  # fmt: skip


@scheme.rule(HOSPITAL, zh="培训覆盖率", en="Coverage of training", clause="S0-7-2")
def training_coverage(hospital: Row, p: Parameters) -> Formula:
    """Who attended as often as is asked, of all."""
    staff = hospital.departments.staff
    trained = hospital.departments.sum(
        lambda d: d.staff.where(lambda s: s.trainings >= p.training_frequency).count()
    )
    return trained / staff.count()


@scheme.require(
    HOSPITAL,
    zh="培训覆盖率达到目标",
    en="Training reaches its target",
    clause="S0-7-2",
    cure=("请安排补训", "Arrange further training"),
    severity="notice",
)
def training_reached(hospital: Row, p: Parameters) -> Formula:
    """Reported for each period."""
    return hospital.training_coverage >= p.training_coverage_target


@scheme.require(
    STAFF,
    zh="绩效沟通达到次数",
    en="Talks were held as often as is asked",
    clause="S0-2-5",
    cure=("请补做沟通并记录", "Hold the talk, and record it"),
    severity="notice",
)
def talks_held(person: Row, p: Parameters) -> Formula:
    """Management without talks is one of the faults that were found."""
    return person.talks >= p.min_talks_per_period


@scheme.require(
    STAFF,
    zh="有上一层级的考核人",
    en="Has an assessor on a level above",
    clause="S0-7-3",
    cure=("请填考核人，其管理层级须高于本人", "Fill in an assessor whose level is higher"),
    severity="notice",
    only=lambda person: ~person.heads_hospital,
)
def assessor_above(person: Row) -> Formula:
    """Exactly one, since the table has room for one; nobody is on a level above himself."""
    return (person.assessor.level > person.level).or_(False)


# Recruiting and keeping people

scheme.date(STAFF, "joined", zh="入职日期", en="Joined", clause="S0-2-7")
scheme.date(
    STAFF, "left", zh="离职日期", en="Left", blank="not_applicable", clause="S0-2-7",
    note=("在职的留空", "Blank for those who stay"),
)  # fmt: skip


@scheme.rule(HOSPITAL, zh="人员数", en="Head count", clause="S0-2-7")
def head_count(hospital: Row) -> Formula:
    """Everybody on the register of the period."""
    return hospital.departments.staff.count()


@scheme.rule(HOSPITAL, zh="新进人员", en="Recruited", clause="S0-2-7")
def recruited(hospital: Row) -> Formula:
    """Who joined in the period."""
    return hospital.departments.sum(
        lambda d: d.staff.where(
            lambda s: (s.joined >= first_day()) & (s.joined <= last_day())
        ).count()
    )


@scheme.rule(HOSPITAL, zh="离职人员", en="Departed", clause="S0-2-7")
def departed(hospital: Row) -> Formula:
    """Who left in the period."""
    return hospital.departments.sum(
        lambda d: d.staff.where(lambda s: (s.left >= first_day()) & (s.left <= last_day())).count()
    )


@scheme.rule(HOSPITAL, zh="本年招聘率", en="Recruitment rate of the year", clause="S0-2-7")
def recruitment_rate(hospital: Row) -> Formula:
    """Recruited in the year so far, of the mean head count of its periods."""
    year = hospital.year_to_date()
    return year.recruited.sum() / year.head_count.mean()


@scheme.rule(HOSPITAL, zh="本年留任率", en="Retention rate of the year", clause="S0-2-7")
def retention_rate(hospital: Row) -> Formula:
    """One less the share that left in the year so far."""
    year = hospital.year_to_date()
    return 1 - year.departed.sum() / year.head_count.mean()
