"""People in units (S2 chapter I, 1.2-2; chapter II, coefficients): posts and what they weigh."""

from __future__ import annotations

from hpf.core import (
    DEPARTMENT,
    STAFF,
    Formula,
    Parameters,
    Row,
    entity,
    link,
    when,
)

from .scheme import has_account, scheme

PHYSICIAN, NURSE = "医师", "护士"
ROLES = (PHYSICIAN, NURSE, "技师", "其他")
NO_OFFICE = "无"
OFFICES = ("科主任", "副主任", "护士长", NO_OFFICE)
TITLES = (
    "正高",
    "副高",
    "中级",
    "助理级",
    "员级",
    "高级工",
    "中级工",
    "初级工",
    "普通工",
    "无职称",
)

POST = scheme.entity(
    entity(
        "post",
        "岗位",
        "Post",
        link("staff", STAFF, "人员", "Staff", "posts"),
        link("unit", DEPARTMENT, "科室", "Unit", "posts"),
        key=("staff", "unit"),
    )
)

scheme.decimal(
    POST,
    "share",
    zh="在该科室的份额",
    en="Share of the person in this unit",
    low=0,
    high=1,
    clause="S2-1.2-2",
    note=(
        "只在一个科室的填 1；跨科室的各填份额，合计为 1",
        "1 in one unit only; shares that add up to 1 in several",
    ),
)
scheme.choice(POST, "role", ROLES, zh="岗位类别", en="Role", clause="S2-1.2-6")
scheme.choice(
    POST,
    "office",
    OFFICES,
    zh="主持科室职务",
    en="Office in charge of the unit",
    clause="S2-1.2-5",
    note=("只填主持科室工作的职务，否则填“无”", "Only who presides over the unit; else 无"),
)
scheme.decimal(
    POST,
    "workload_ratio",
    zh="工作量比例",
    en="Workload ratio",
    low=0,
    direction="higher",
    clause="S2-2.2-2",
    note=(
        "个人工作量÷科室平均工作量（A2-26），行政后勤岗位填 1",
        "Own workload over the unit's mean (A2-26); 1 for posts in administrative sections",
    ),
)
scheme.choice(STAFF, "title", TITLES, zh="职称或工人等级", en="Title or grade", clause="S2-2.0-1")


def in_account(post: Row) -> Formula:
    """Posts in units that earn by their own account."""
    return has_account(post.unit)


def in_section(post: Row) -> Formula:
    """Posts in administrative and logistics sections."""
    return post.unit.is_administrative


# 1.2-2 One unit a person at a time


@scheme.rule(STAFF, zh="份额合计", en="Sum of shares", clause="S2-1.2-2")
def shares(member: Row) -> Formula:
    """Over all posts of the person."""
    return member.posts.share.sum()


@scheme.require(
    STAFF,
    zh="每人在各科室的份额合计为1",
    en="A person's shares in units add up to 1",
    clause="S2-1.2-2",
    cure=(
        "请在岗位表里改正份额；没有岗位的人员请补一行",
        "Correct the shares in the sheet of posts; add a row for a person without any",
    ),
)
def shares_make_one(member: Row) -> Formula:
    """Nobody is paid twice, nobody is forgotten."""
    return member.shares == 1


# 1.2-6, 2.0-1 What a post weighs in the unit's pool


@scheme.rule(POST, zh="折合人数", en="Heads", clause=["S2-1.2-2", "S2-5-7a", "S2-5-6"])
def heads(post: Row) -> Formula:
    """The share, as far as the person is entitled and not away for training."""
    staff = post.staff
    return post.share * staff.entitled_part * (1 - staff.training_part)


@scheme.rule(POST, zh="个人系数", en="Individual coefficient", clause="S2-2.0-1", only=in_account)
def title_coefficient(post: Row, p: Parameters) -> Formula:
    """By title or worker's grade."""
    return p.title_coefficient[post.staff.title]


@scheme.rule(DEPARTMENT, zh="医师折合人数", en="Heads of physicians", clause="S2-1.2-6")
def physician_heads(unit: Row) -> Formula:
    """Over the unit's posts."""
    return unit.posts.where(lambda post: post.role == PHYSICIAN).heads.sum()


@scheme.rule(DEPARTMENT, zh="护士折合人数", en="Heads of nurses", clause="S2-1.2-6")
def nurse_heads(unit: Row) -> Formula:
    """Over the unit's posts."""
    return unit.posts.where(lambda post: post.role == NURSE).heads.sum()


@scheme.rule(
    POST,
    zh="医护比例系数",
    en="Weight of the role",
    clause=["S2-1.2-6", "S2-2.3-3", "S2-2.4-3"],
    only=in_account,
)
def role_weight(post: Row, p: Parameters) -> Formula:
    """Physicians and nurses 1 : 0.9, each head or the two groups; 1 in technical units."""
    unit = post.unit
    each = p.role_weight[post.role]
    group = each * unit.physician_heads / unit.nurse_heads
    by_group = (
        (p.ratio_holds == "between_groups") & (post.role == NURSE) & (unit.physician_heads > 0)
    )
    return when(unit.is_technical, 1, when(by_group, group, each))


@scheme.rule(
    POST,
    zh="分配权重",
    en="Weight",
    clause=["S2-2.0-1", "S2-2.2-2", "S2-2.3-2", "S2-2.4-2"],
)
def weight(post: Row, p: Parameters) -> Formula:
    """Heads × title × role × workload, and the assessment where it counts inside the formula."""
    assessment = when(p.assessment_applied == "inside", post.staff.assessment_coefficient, 1)
    return post.heads * post.title_coefficient * post.role_weight * post.workload_ratio * assessment
