"""Who rates whom: reproducible, evenly loaded, nobody about themselves except as `self`."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from hpf.core import RaterGroup, Text
from hpf.workflow.raters import Circle, draw

TEXT = Text("组", "Group")
ALL = tuple(RaterGroup(r, TEXT, r) for r in ("self", "superior", "peers", "subordinates", "others"))


@st.composite
def circles(pick: st.DrawFn) -> Circle:
    units = {
        f"U{n}": frozenset(f"U{n}-{i}" for i in range(size))
        for n, size in enumerate(pick(st.lists(st.integers(1, 7), min_size=1, max_size=4)))
    }
    heads = {u: frozenset({f"{u}-0"}) for u in units if pick(st.booleans())}
    return Circle(units, heads, frozenset({"U0-0"} if pick(st.booleans()) else ()))


@given(circles(), st.integers(1, 5), st.text(max_size=3))
@settings(max_examples=60, deadline=None)
def test_each_group_is_asked_as_it_stands_to_the_row(circle: Circle, most: int, seed: str) -> None:
    wanted = dict.fromkeys((g.code for g in ALL), most)
    rows = sorted(circle.people)
    asked = draw(ALL, "staff", rows, circle, wanted, seed)
    assert asked == draw(ALL, "staff", rows, circle, wanted, seed), "the same seed, the same list"
    assert len(set(asked)) == len(asked)
    for a in asked:
        assert (a.rater == a.row) is (a.group == "self"), "only oneself rates oneself"
        assert a.rater in circle.may_judge(a.group, "staff", a.row)
    got = Counter((a.row, a.group) for a in asked)
    for row in rows:
        related = [circle.may_judge(g.relation, "staff", row) for g in ALL]
        assert sum(map(len, related)) == len(frozenset().union(*related)), "no one stands twice"
        for group, able in zip(ALL, related, strict=True):
            assert got[row, group.code] == min(most, len(able))


@given(st.integers(2, 14), st.integers(1, 6), st.text(max_size=3))
@settings(max_examples=60, deadline=None)
def test_among_peers_nobody_is_asked_more_than_once_more(size: int, most: int, seed: str) -> None:
    circle = Circle({"U": frozenset(f"P{i}" for i in range(size))})
    peers = (RaterGroup("peers", TEXT, "peers"),)
    asked = draw(peers, "staff", sorted(circle.people), circle, {"peers": most}, seed)
    load = Counter(dict.fromkeys(circle.people, 0))
    load.update(a.rater for a in asked)
    assert max(load.values()) - min(load.values()) <= 1


@given(circles(), st.integers(1, 4), st.text(max_size=2))
@settings(max_examples=60, deadline=None)
def test_nobody_has_two_rows_more_than_somebody_who_could_take_one(
    circle: Circle, most: int, seed: str
) -> None:
    """In any group of any register: what can be evened out by passing a row on, is."""
    wanted = dict.fromkeys((g.code for g in ALL), most)
    asked = draw(ALL, "staff", sorted(circle.people), circle, wanted, seed)
    for group in ALL:
        mine = [a for a in asked if a.group == group.code]
        load = Counter(a.rater for a in mine)
        taken = {(a.rater, a.row) for a in mine}
        for a in mine:
            able = circle.may_judge(group.relation, "staff", a.row)
            if len(able) > most:
                for other in able:
                    assert (other, a.row) in taken or load[other] >= load[a.rater] - 1


def test_another_seed_draws_others() -> None:
    circle = Circle({"U": frozenset(f"P{i:02}" for i in range(20))})
    peers = (RaterGroup("peers", TEXT, "peers"),)
    drawn = {
        tuple(draw(peers, "staff", sorted(circle.people), circle, {"peers": 3}, f"s{n}"))
        for n in range(5)
    }
    assert len(drawn) == 5


def test_heads_stand_beside_heads_and_below_leaders() -> None:
    units = {u: frozenset({f"{u}1", f"{u}2", f"{u}3"}) for u in "ABC"}
    circle = Circle(units, {"A": frozenset({"A1"}), "B": frozenset({"B1"})}, frozenset({"C1"}))
    assert circle.may_judge("superior", "staff", "A2") == {"A1"}
    assert circle.may_judge("superior", "staff", "A1") == {"C1"}
    assert circle.may_judge("peers", "staff", "A1") == {"B1"}
    assert circle.may_judge("peers", "staff", "A2") == {"A3"}
    assert circle.may_judge("subordinates", "staff", "A1") == {"A2", "A3"}
    assert circle.may_judge("others", "staff", "A2") == {"B1", "B2", "B3", "C1", "C2", "C3"}
    assert circle.may_judge("members", "department", "A") == units["A"]
    assert circle.may_judge("others", "department", "A") == units["B"] | units["C"]
    assert circle.may_judge("members", "hospital", "H") == circle.people
