"""Draws held in an assessment: seed committed, pool fixed, draw, substitutes; in that order.

The seed is made and committed to before anybody knows the pool it will meet, so nobody can look for
one that suits; the pool is fixed, with its digest, before the seed is opened. Until then the seed
lies encrypted under the home's own key. Each draw is held once; whoever cannot come is replaced by
the next substitute, and never by a second draw.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.storage.models import AssessmentEntry
from hpf.storage.secrets import AccountKeys
from hpf.storage.types import utc_text
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, enter, stop, undecided
from hpf.workflow.assessments_people import candidates, of_group, pool
from hpf.workflow.draws import (
    MEMBER,
    SUBSTITUTE,
    Candidate,
    commitment,
    document,
    new_seed,
    pool_digest,
)


@dataclass(frozen=True, slots=True)
class Team:
    """The experts of a draw. experts: those who assess now; left: members who were replaced."""

    name: str
    hospitals: frozenset[str]
    experts: Mapping[str, str]  # expert -> speciality
    left: frozenset[str]


def commit_seed(
    act: Act,
    at: Standing,
    keys: AccountKeys,
    name: str,
    hospitals: Collection[str],
    wanted: Mapping[str, int],
    known: Collection[str],
) -> AssessmentEntry:
    """Make a seed for a draw and publish its commitment, for whom and how many are drawn.

    hospitals: those the experts will assess; known: the ids there are. Refused: a name that was
    used, an unknown hospital, one that another draw covers, nobody wanted.
    """
    of_group(act)
    wrong = undecided(at)
    if not name.strip():
        message = Text("抽取没有名称", "the draw has no name")
        wrong.append(Problem("draw.name", message, Text("如 第一组", "Such as group-1")))
    if at.last("commitment", name) is not None:
        message = Text(f"抽取“{name}”已经承诺过种子", f"draw '{name}' has its seed already")
        cure = Text("一次抽取只有一个种子", "A draw has one seed")
        wrong.append(Problem("draw.committed", message, cure, name))
    if not hospitals:
        message = Text("没有写考核哪些医院", "it is not said which hospitals are assessed")
        wrong.append(Problem("draw.hospitals", message, place=name))
    covered = {h: e.unit for e in at.all("commitment") for h in e.detail["hospitals"]}
    for hospital in sorted(set(hospitals)):
        if hospital not in known:
            message = Text(f"没有医院 {hospital}", f"there is no hospital '{hospital}'")
            wrong.append(Problem("draw.hospital", message, did_you_mean(hospital, known), hospital))
        elif hospital in covered:
            message = Text(
                f"{hospital} 已由抽取“{covered[hospital]}”的专家考核",
                f"'{hospital}' is assessed by the experts of draw '{covered[hospital]}'",
            )
            wrong.append(Problem("draw.covered", message, place=hospital))
    if not wanted or any(count < 1 for count in wanted.values()):
        message = Text("没有写各专业抽几名", "it is not said how many of which speciality")
        cure = Text("如 临床=2（S4.5-CFG-03）", "For instance clinical=2 (S4.5-CFG-03)")
        wrong.append(Problem("draw.nobody", message, cure, name))
    stop(wrong)
    seed = new_seed()
    sealed = keys.seal(seed, _owner(act, at, name)).hex()
    detail = {
        "commitment": commitment(seed), "committed_at": utc_text(act.at),
        "hospitals": sorted(set(hospitals)), "wanted": dict(sorted(wanted.items())),
        "sealed": sealed,
    }  # fmt: skip
    return enter(act, at, "commitment", unit=name, detail=detail)


def fix_pool(act: Act, at: Standing, name: str) -> AssessmentEntry:
    """Fix the pool that a draw will meet: everybody who is in it now, with its digest."""
    of_group(act)
    committed = at.last("commitment", name)
    wrong = undecided(at)
    if committed is None:
        message = Text(f"抽取“{name}”还没有承诺种子", f"draw '{name}' has no seed committed to")
        cure = Text("先承诺种子，再定专家库", "First the seed is committed to, then the pool fixed")
        wrong.append(Problem("draw.no_seed", message, cure, name))
    if at.last("pool", name) is not None:
        message = Text(f"抽取“{name}”的专家库已定", f"the pool of draw '{name}' is fixed already")
        wrong.append(Problem("draw.fixed", message, place=name))
    experts = pool(act.session, act.hospital)
    if not experts:
        message = Text("专家库是空的", "the pool is empty")
        cure = Text("先录入专家：hpf draw experts", "Enter experts first: hpf draw experts")
        wrong.append(Problem("draw.empty", message, cure))
    stop(wrong)
    assert committed is not None
    found = candidates(experts)
    detail = {
        "pool": [c.as_json() for c in found], "digest": pool_digest(found),
        "fixed_at": utc_text(act.at), "experts": len(found),
    }  # fmt: skip
    return enter(act, at, "pool", unit=name, detail=detail, of=committed.id)


def hold_draw(act: Act, at: Standing, keys: AccountKeys, name: str) -> AssessmentEntry:
    """Open the seed and draw; the entry keeps the document that anyone can verify.

    Raises DrawError where too few may be drawn, HpfError out of order or a second time.
    """
    of_group(act)
    wrong = undecided(at)
    committed, fixed = at.last("commitment", name), at.last("pool", name)
    if committed is None or fixed is None:
        message = Text(f"抽取“{name}”还没有定专家库", f"the pool of draw '{name}' is not fixed")
        cure = Text("先承诺种子，再定专家库，然后抽取", "Commit, fix the pool, then draw")
        wrong.append(Problem("draw.no_pool", message, cure, name))
    if at.last("draw", name) is not None:
        message = Text(f"“{name}”已经抽过", f"draw '{name}' is held already")
        cure = Text("不重抽；来不了的由候补递补", "It is not repeated: call a substitute")
        wrong.append(Problem("draw.held", message, cure, name))
    stop(wrong)
    assert committed is not None
    assert fixed is not None
    seed = keys.open(bytes.fromhex(committed.detail["sealed"]), _owner(act, at, name))
    about = {"scheme": at.row.scheme, "period": str(at.row.period), "draw": name}
    found = document(
        about, seed, committed.detail["committed_at"], fixed.detail["fixed_at"],
        [Candidate(**c) for c in fixed.detail["pool"]], committed.detail["hospitals"],
        committed.detail["wanted"], sorted(_taken(at)),
    )  # fmt: skip
    members = [d["expert"] for d in found["drawn"] if d["role"] == MEMBER]
    detail = {"seed": seed, "members": members, "document": found}
    return enter(act, at, "draw", unit=name, detail=detail, of=fixed.id)


def substitute(act: Act, at: Standing, name: str, expert: str, why: str) -> AssessmentEntry:
    """Replace a member who cannot come by the next substitute of the same speciality."""
    of_group(act)
    wrong = undecided(at)
    held = at.last("draw", name)
    team = next((t for t in teams(at) if t.name == name), None)
    if held is None or team is None:
        message = Text(f"“{name}”还没有抽取", f"draw '{name}' is not held yet")
        stop([*wrong, Problem("draw.not_held", message, place=name)])
    assert held is not None
    assert team is not None
    if expert not in team.experts:
        message = Text(f"{expert} 现在不是“{name}”的专家", f"'{expert}' is no expert of '{name}'")
        wrong.append(Problem("draw.no_member", message, did_you_mean(expert, team.experts), expert))
    if not why.strip():
        message = Text("没有写为什么更换", "it is not said why")
        wrong.append(Problem("draw.why", message, Text("请写明", "Say so"), expert))
    speciality = team.experts.get(expert, "")
    gone = set(team.experts) | team.left
    waiting = [
        d["expert"] for d in held.detail["document"]["drawn"]
        if d["speciality"] == speciality and d["role"] == SUBSTITUTE and d["expert"] not in gone
    ]  # fmt: skip
    if speciality and not waiting:
        message = Text(f"“{speciality}”没有候补了", f"no substitute of '{speciality}' is left")
        cure = Text("请扩充专家库，另行抽取补足", "Add experts and hold a draw for what is missing")
        wrong.append(Problem("draw.no_substitute", message, cure, expert))
    stop(wrong)
    detail = {"out": expert, "in": waiting[0], "speciality": speciality}
    return enter(act, at, "substitute", unit=name, text=why, detail=detail)


def teams(at: Standing) -> list[Team]:
    """Who assesses whom now, a team for each draw that was held."""
    changed: dict[str, list[Mapping[str, Any]]] = {}
    for one in at.all("substitute"):
        changed.setdefault(one.unit, []).append(one.detail)
    found = []
    for held in at.all("draw"):
        told = held.detail["document"]
        experts = {d["expert"]: d["speciality"] for d in told["drawn"] if d["role"] == MEMBER}
        left = set()
        for swap in changed.get(held.unit, []):
            experts[swap["in"]] = experts.pop(swap["out"])
            left.add(swap["out"])
        hospitals = frozenset(told["hospitals"])
        found.append(Team(held.unit, hospitals, experts, frozenset(left)))
    return found


def team_of(at: Standing) -> dict[str, Team]:
    """The team of each assessed hospital, by the hospital's id."""
    return {hospital: team for team in teams(at) for hospital in team.hospitals}


def _taken(at: Standing) -> set[str]:
    """Experts who were drawn in this assessment already: members, and substitutes called."""
    return {e for team in teams(at) for e in (*team.experts, *team.left)}


def _owner(act: Act, at: Standing, name: str) -> str:
    return f"{act.code}/draw/{at.row.scheme}/{at.row.period}/{name}"
