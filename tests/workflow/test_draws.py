"""The draw of experts: anyone can run it again, and nobody can bend it unseen."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.workflow.draws import (
    MEMBER,
    Candidate,
    DrawError,
    commitment,
    document,
    draw,
    new_seed,
    verify,
)

POOL = [
    *(Candidate(f"E{n:02}", "临床", "H1" if n < 3 else "") for n in range(1, 9)),
    *(Candidate(f"M{n}", "管理") for n in range(1, 5)),
]
WANTED = {"临床": 2, "管理": 1}
SEED = "5f" * 32


def published(**other: object) -> dict:
    told = document({"scheme": "s"}, SEED, "2026-10-08T01", "2026-10-09T01", POOL, ["H1"], WANTED)
    return json.loads(json.dumps(told)) | other


def codes(error: pytest.ExceptionInfo[DrawError]) -> list[str]:
    return [p.code for p in error.value.problems]


def test_the_smallest_numbers_are_members_the_others_substitutes_in_order() -> None:
    """Done by hand, with nothing but SHA-256 over the printed words."""
    by_hand = sorted(
        (hashlib.sha256(f"hpf-draw-1|{SEED}|临床|E{n:02}".encode()).hexdigest(), f"E{n:02}")
        for n in range(3, 9)
    )
    found = [d for d in draw(SEED, POOL, ["H1"], WANTED) if d.speciality == "临床"]
    assert [d.expert for d in found] == [expert for _, expert in by_hand]
    assert [d.role for d in found] == [MEMBER, MEMBER, *["substitute"] * 4]
    assert [d.place for d in found] == [1, 2, 3, 4, 5, 6]


@given(st.randoms(use_true_random=False), st.sets(st.sampled_from(["H1", "H2", ""])))
def test_nobody_is_drawn_twice_and_nobody_of_an_assessed_hospital(random, hospitals) -> None:
    """On any seed, pool order and set of hospitals; the order of the pool changes nothing."""
    seed, pool = f"{random.getrandbits(256):064x}", list(POOL)
    first = draw(seed, pool, hospitals, WANTED, ["E05"])
    random.shuffle(pool)
    assert draw(seed, pool, hospitals, WANTED, ["E05"]) == first
    names = [d.expert for d in first]
    assert len(names) == len(set(names))
    assert "E05" not in names
    assert ("H1" in hospitals) == ("E01" not in names)
    assert sum(d.role == MEMBER for d in first) == 3


def test_every_expert_has_the_same_chance() -> None:
    """Over many seeds each of six is drawn about as often."""
    times = dict.fromkeys([f"E{n:02}" for n in range(3, 9)], 0)
    for n in range(600):
        for one in draw(f"{n:064x}", POOL, ["H1"], {"临床": 2}):
            times[one.expert] += one.role == MEMBER
    assert all(150 < count < 250 for count in times.values()), times


def test_what_cannot_be_drawn_is_told_at_once() -> None:
    with pytest.raises(DrawError) as error:
        draw(SEED, [*POOL, Candidate("E07", "护理")], ["H1"], {"临床": 9, "药学": 1, "管理": 0})
    assert sorted(codes(error)) == ["draw.count", "draw.few", "draw.speciality", "draw.twice"]
    with pytest.raises(DrawError) as error:
        draw(SEED, POOL, [], {})
    assert codes(error) == ["draw.nobody"]


def test_a_published_draw_verifies() -> None:
    assert verify(published()) == []
    assert published()["commitment"] == commitment(SEED)
    assert new_seed() != new_seed()
    assert len(new_seed()) == 64


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seed": "00" * 32}, "draw.commitment"),
        ({"pool": [c.as_json() for c in POOL[:-1]]}, "draw.pool_digest"),
        ({"hospitals": []}, "draw.excluded"),
        ({"taken": ["E08"]}, "draw.excluded"),
        ({"committed_at": "2026-10-09T02"}, "draw.order"),
        ({"wanted": {"临床": 3, "管理": 1}}, "draw.drawn"),
        ({"pool": [{"expert": "E1"}]}, "draw.file"),
        ({"pool": [c.as_json() for c in [*POOL, POOL[0]]]}, "draw.twice"),
        ({"drawn": None}, "draw.drawn"),
        ({"algorithm": "dice"}, "draw.file"),
    ],
)
def test_a_draw_that_was_bent_does_not_verify(change: dict, code: str) -> None:
    assert code in [p.code for p in verify(published(**change))]


def test_two_experts_who_changed_places_are_noticed() -> None:
    told = copy.deepcopy(published())
    told["drawn"][0]["expert"], told["drawn"][3]["expert"] = "E04", "E03"
    assert [p.code for p in verify(told)] == ["draw.drawn"]
    for no_record in ([], {k: told[k] for k in list(told)[:4]}):
        assert [p.code for p in verify(no_record)] == ["draw.file"]
