"""A draw of experts that anyone can run again (docs/draw.md has the algorithm in plain words).

    sealed = commitment(seed)                    # published before the pool is fixed
    found = draw(seed, pool, hospitals, wanted)  # every candidate in drawn order
    problems = verify(document)                  # what a published file gets wrong; empty: nothing

Each candidate's number is SHA-256 over algorithm, seed, speciality and expert, all of them known to
everybody once the seed is opened; the smallest numbers of a speciality are its members, the others
its substitutes, in that order. Pure: no clock, no database, no other source of chance.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hpf.core.errors import HpfError, Problem, Text, did_you_mean

ALGORITHM = "hpf-draw-1"
MEMBER, SUBSTITUTE = "member", "substitute"
_ENTRIES = ("algorithm", "about", "commitment", "committed_at", "pool_fixed_at", "pool",
            "pool_digest", "hospitals", "wanted", "taken", "seed", "excluded", "drawn")  # fmt: skip


class DrawError(HpfError):
    """A draw that cannot be held as asked, with every reason."""


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """An expert of the pool. employer: id of the hospital they work at, '' for none."""

    expert: str
    speciality: str
    employer: str = ""

    def as_json(self) -> dict[str, str]:
        """As it stands in the published file."""
        return {"expert": self.expert, "speciality": self.speciality, "employer": self.employer}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One candidate's place within the speciality, 1 first, with the number that gave it."""

    place: int
    expert: str
    speciality: str
    number: str
    role: str

    def as_json(self) -> dict[str, Any]:
        """As it stands in the published file."""
        return {"place": self.place, "expert": self.expert, "speciality": self.speciality,
                "number": self.number, "role": self.role}  # fmt: skip


def new_seed() -> str:
    """A seed nobody can guess: 32 random bytes in hexadecimal digits."""
    return secrets.token_hex(32)


def commitment(seed: str) -> str:
    """What is published of a seed before the pool is fixed; no other seed has the same."""
    return _sha(f"{ALGORITHM}|commitment|{seed}")


def number(seed: str, speciality: str, expert: str) -> str:
    """A candidate's number."""
    return _sha(f"{ALGORITHM}|{seed}|{speciality}|{expert}")


def pool_digest(pool: Iterable[Candidate]) -> str:
    """SHA-256 over the pool, in order of expert."""
    return _sha(json.dumps([c.as_json() for c in sorted(pool)], ensure_ascii=False,
                           separators=(",", ":"), sort_keys=True))  # fmt: skip


def excluded(
    pool: Iterable[Candidate], hospitals: Collection[str], taken: Collection[str] = ()
) -> dict[str, str]:
    """Who may not be drawn, and why: `employer` or `taken`.

    hospitals: those the draw is for; taken: experts drawn before in the same assessment.
    """
    found = {c.expert: "taken" for c in pool if c.expert in set(taken)}
    return found | {c.expert: "employer" for c in pool if c.employer and c.employer in hospitals}


def draw(
    seed: str,
    pool: Collection[Candidate],
    hospitals: Collection[str],
    wanted: Mapping[str, int],
    taken: Collection[str] = (),
) -> list[Drawn]:
    """All candidates of the wanted specialities in drawn order.

    Raises DrawError: an expert who stands twice in the pool, a speciality nobody has, too few who
    may be drawn, nobody wanted.
    """
    wrong = list(_wrong(pool, hospitals, wanted, taken))
    if wrong:
        raise DrawError(wrong)
    out = excluded(pool, hospitals, taken)
    found = []
    for speciality, count in sorted(wanted.items()):
        free = [c.expert for c in pool if c.speciality == speciality and c.expert not in out]
        ranked = sorted((number(seed, speciality, expert), expert) for expert in free)
        for place, (value, expert) in enumerate(ranked, 1):
            role = MEMBER if place <= count else SUBSTITUTE
            found.append(Drawn(place, expert, speciality, value, role))
    return found


def _wrong(
    pool: Collection[Candidate],
    hospitals: Collection[str],
    wanted: Mapping[str, int],
    taken: Collection[str],
) -> Iterable[Problem]:
    for expert, times in sorted(Counter(c.expert for c in pool).items()):
        if times > 1:
            message = Text(
                f"专家 {expert} 在库里有 {times} 条",
                f"expert '{expert}' stands {times} times in the pool",
            )
            cure = Text("每位专家只能有一次机会，请只留一条", "Each has one chance: keep one entry")
            yield Problem("draw.twice", message, cure, expert)
    out = excluded(pool, hospitals, taken)
    known = {c.speciality for c in pool}
    if not any(count > 0 for count in wanted.values()):
        message = Text("没有写各专业抽几名", "it is not said how many are drawn")
        yield Problem("draw.nobody", message, Text("如 临床=2", "For instance clinical=2"))
    for speciality, count in sorted(wanted.items()):
        if speciality not in known:
            message = Text(f"库里没有“{speciality}”专业", f"nobody in the pool is '{speciality}'")
            yield Problem("draw.speciality", message, did_you_mean(speciality, known), speciality)
            continue
        if count < 1:
            message = Text(f"“{speciality}”抽 {count} 名不成立", f"{count} of '{speciality}'")
            yield Problem("draw.count", message, Text("至少 1 名", "At least one"), speciality)
        free = sum(c.speciality == speciality and c.expert not in out for c in pool)
        if 0 <= free < count:
            message = Text(
                f"“{speciality}”要 {count} 名，除去回避和已抽中的只有 {free} 名",
                f"{count} of '{speciality}' are wanted, and {free} may be drawn",
            )
            cure = Text("请先扩充专家库", "Add experts to the pool first")
            yield Problem("draw.few", message, cure, speciality)


def document(
    about: Mapping[str, Any],
    seed: str,
    committed_at: str,
    pool_fixed_at: str,
    pool: Collection[Candidate],
    hospitals: Collection[str],
    wanted: Mapping[str, int],
    taken: Collection[str] = (),
) -> dict[str, Any]:
    """The file that is published. about: whose draw it is. Raises DrawError as `draw` does."""
    drawn = draw(seed, pool, hospitals, wanted, taken)
    return {
        "algorithm": ALGORITHM,
        "about": dict(about),
        "commitment": commitment(seed),
        "committed_at": committed_at,
        "pool_fixed_at": pool_fixed_at,
        "pool": [c.as_json() for c in sorted(pool)],
        "pool_digest": pool_digest(pool),
        "hospitals": sorted(hospitals),
        "wanted": dict(sorted(wanted.items())),
        "taken": sorted(taken),
        "seed": seed,
        "excluded": dict(sorted(excluded(pool, hospitals, taken).items())),
        "drawn": [one.as_json() for one in drawn],
    }


def verify(given: Any) -> list[Problem]:
    """What is wrong with a published file; empty if running the draw again yields the same.

    A file that is no draw's, or has another form, is a problem, too.
    """
    if not isinstance(given, dict) or given.get("algorithm") != ALGORITHM:
        message = Text("不是抽取记录", "this is no record of a draw")
        cure = Text(f"请用公布的文件，其中 algorithm 为 {ALGORITHM}",
                    f"Use the published file; its algorithm is {ALGORITHM}")  # fmt: skip
        return [Problem("draw.file", message, cure)]
    try:
        lacking = [name for name in _ENTRIES if name not in given]
        if lacking:
            raise KeyError(", ".join(lacking))
        pool = [Candidate(c["expert"], c["speciality"], c["employer"]) for c in given["pool"]]
        return list(_differences(given, pool))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = Text(f"抽取记录读不懂：{error}", f"the record cannot be read: {error}")
        return [Problem("draw.file", message, Text("请用公布的原文件", "Use the published file"))]
    except DrawError as error:
        return list(error.problems)


def _differences(given: Mapping[str, Any], pool: list[Candidate]) -> Iterable[Problem]:
    again = document(
        given["about"], given["seed"], given["committed_at"], given["pool_fixed_at"], pool,
        given["hospitals"], given["wanted"], given["taken"],
    )  # fmt: skip
    told = {
        "commitment": (
            Text("种子与事先公布的承诺不符", "the seed is not the one that was committed to"),
            Text("抽取无效：种子换过", "The draw is void: the seed was changed"),
        ),
        "pool_digest": (
            Text("专家库与其摘要不符", "the pool does not have its digest"),
            Text("抽取无效：库改过", "The draw is void: the pool was changed"),
        ),
        "excluded": (
            Text("回避名单不对", "who was excluded is wrong"),
            Text("被考核医院的专家须回避，抽过的不再抽",
                 "Experts of an assessed hospital, and those drawn before, are excluded"),
        ),
        "drawn": (
            Text("重算的结果与公布的不同", "running it again yields another result"),
            Text("抽取无效：请按种子重算", "The draw is void: rank by the seed"),
        ),
    }  # fmt: skip
    for name, (message, cure) in told.items():
        if again[name] != given[name]:
            yield Problem(f"draw.{name}", message, cure, name=name)
    if not str(given["committed_at"]) < str(given["pool_fixed_at"]):
        message = Text("承诺不早于确定专家库", "the commitment is not older than the fixed pool")
        cure = Text("种子须先承诺，后定库", "The seed is committed to first, then the pool fixed")
        yield Problem("draw.order", message, cure, name="committed_at")


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
