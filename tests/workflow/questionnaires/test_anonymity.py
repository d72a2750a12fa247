"""Attacks on anonymity by whoever has the whole database, at any moment and in many copies."""

from __future__ import annotations

import hashlib
import logging
import random
import secrets
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from surveying import House

from hpf.core.errors import HpfError
from hpf.storage.dump import rows_of, tables_of
from hpf.storage.engine import reading, writing
from hpf.storage.envelopes import QuestionnaireKey, make_key, read_key
from hpf.storage.questionnaires import altered
from hpf.storage.troubles import TamperError
from hpf.workflow.questionnaire_close import burn_left_over

SECRET = "只有我会这样写的一句话"


def snapshot(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {t.name: [str(r) for r in rows_of(connection, t)] for t in tables_of(connection)}


def whole(folder: Path) -> bytes:
    """Every byte of the database and of what lies beside it."""
    return b"".join(p.read_bytes() for p in sorted(folder.glob("hpf.db*")))


def mark(n: int, remark: str = "") -> dict[str, str]:
    return {"skill": str(n), "teamwork": "3", "remark": remark}


def test_tables_have_no_column_for_who_when_or_which_came_first(either: House) -> None:
    found = {
        t: {
            c["name"]: type(c["type"]).__name__.upper()
            for c in inspect(either.engine).get_columns(t)
        }
        for t in ("envelopes", "spent_tokens", "answer_counts", "rater_assignments")
    }
    assert set(found["envelopes"]) == {"id", "questionnaire_id", "sealed"}
    assert set(found["spent_tokens"]) == {"questionnaire_id", "hash"}
    assert set(found["answer_counts"]) == {
        "questionnaire_id", "row_id", "group_code", "question", "value", "times"}  # fmt: skip
    kinds = {kind for columns in found.values() for kind in columns.values()}
    assert not {k for k in kinds if "TIME" in k or "DATE" in k}
    if either.engine.dialect.name == "sqlite":
        for table in found:
            with either.engine.connect() as connection, pytest.raises(DBAPIError, match="rowid"):
                connection.execute(text(f"SELECT rowid FROM {table}"))


def test_an_answer_changes_a_mark_and_an_envelope_and_nothing_else(either: House) -> None:
    """The difference of two copies, one before an answer and one after it: two opaque rows; no
    audit entry, no account, no count, and the same for any answer about anybody."""
    number = either.drawn()
    sizes = set()
    asked = either.asked(number)[:3]
    for n, one in enumerate(asked):
        before = snapshot(either.engine)
        either.rate(number, one, mark(n % 5 + 1, SECRET if n % 2 else ""))
        after = snapshot(either.engine)
        changed = {t for t in after if after[t] != before[t]}
        assert changed == {"spent_tokens", "envelopes"}
        (token,) = set(after["spent_tokens"]) - set(before["spent_tokens"])
        (envelope,) = set(after["envelopes"]) - set(before["envelopes"])
        for told in (one.rater, one.row, one.group, SECRET):
            assert told not in token + envelope
        sizes.add((len(token), len(envelope)))
    assert len(sizes) == 1, "a long remark looks like none"


def test_nothing_is_written_to_the_logs(house: House, caplog: pytest.LogCaptureFixture) -> None:
    number = house.drawn()
    one = house.asked(number)[0]
    with caplog.at_level(logging.DEBUG):
        house.rate(number, one, mark(1, SECRET))
    assert not [r for r in caplog.records if one.row in r.getMessage() or SECRET in r.getMessage()]


def test_no_byte_of_the_file_tells_an_answer_while_it_is_open(house: House, tmp_path: Path) -> None:
    number = house.drawn()
    for one in house.asked(number):
        house.rate(number, one, mark(2, SECRET))
    assert SECRET.encode() not in whole(tmp_path)
    row = house.row(number)
    assert (row.outcome, row.digest, row.closed) == (None, None, None), "nothing before the close"
    with house.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM answer_counts")) == 0


def test_marks_cannot_be_guessed_from_the_register(house: House) -> None:
    """Who has answered: neither by hashing what one knows, nor with the key of another."""
    number = house.drawn()
    asked = house.asked(number)
    house.rate(number, asked[0], mark(3))
    with house.engine.connect() as connection:
        held = {bytes(h) for (h,) in connection.execute(text("SELECT hash FROM spent_tokens"))}
    other = QuestionnaireKey(number, secrets.token_bytes(32))
    for a in asked:
        said = ("rater", a.rater, a.row, a.group)
        guesses = [hashlib.sha256(j.join(said).encode()).digest() for j in ("", "|", "\0", "/")]
        assert not held & {*guesses, other.spent(*said)}
    key = read_key(house.keys, number, house.row(number).key_check)
    first = asked[0]
    assert held == {key.spent("rater", first.rater, first.row, first.group)}, "the key is needed"


def test_envelopes_lie_in_no_order_of_arrival(either: House) -> None:
    number = either.drawn()
    arrived = []
    seen: set[bytes] = set()
    for one in either.asked(number)[:24]:
        either.rate(number, one, mark(1))
        with either.engine.connect() as connection:
            ids = {bytes(i) for (i,) in connection.execute(text("SELECT id FROM envelopes"))}
        arrived += list(ids - seen)
        seen = ids
    assert all(len(i) == 16 for i in seen)
    assert sorted(arrived) != arrived, "ids do not grow"
    if either.engine.dialect.name == "sqlite":
        with either.engine.connect() as connection:
            lying = [bytes(i) for (i,) in connection.execute(text("SELECT id FROM envelopes"))]
        assert lying == sorted(lying), "rows lie in the order of random ids"


def test_after_the_close_an_old_copy_opens_no_more(either: House, tmp_path: Path) -> None:
    """Copies of the database from before still hold envelopes; the key that opened them is gone."""
    number = either.answered()
    check = either.row(number).key_check
    with either.engine.connect() as connection:
        kept = connection.execute(text("SELECT id, sealed FROM envelopes")).all()
    either.close(number)
    assert not list(either.keys.glob("questionnaire-*"))
    with pytest.raises(HpfError, match="missing"):
        read_key(either.keys, number, check)
    for id, sealed in kept[:3]:
        with pytest.raises(TamperError):
            QuestionnaireKey(number, secrets.token_bytes(32)).open(bytes(id), bytes(sealed))
    with either.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM envelopes")) == 0
        if connection.dialect.name == "postgresql":
            # the heap's order and transaction numbers: one transaction, in the order of the key
            rows = connection.execute(
                text("SELECT xmin::text, ctid::text, row_id, group_code, question, value "
                     "FROM answer_counts ORDER BY answer_counts.ctid")
            ).all()  # fmt: skip
            assert len({r[0] for r in rows}) == 1
            keys = [tuple(r[2:]) for r in rows]
            assert keys == sorted(keys)


def test_a_group_too_small_leaves_nothing_that_could_be_read(house: House, tmp_path: Path) -> None:
    """Two peers of the three that are needed: neither their marks nor their remarks are kept."""
    number = house.drawn()
    mine = [a for a in house.asked(number) if a.row == "W2-3" and a.group == "peers"]
    for a in mine[:2]:
        house.rate(number, a, mark(1, SECRET))
    one = house.close(number)
    row = next(r for r in one.outcome["rows"] if r["row"] == "W2-3")
    peers = next(g for g in row["groups"] if g["group"] == "peers")
    assert peers == {"group": "peers", "answers": 2, "counted": False, "shown": False,
                     "means": {}, "figures": {}}  # fmt: skip
    assert all(f["value"] is None for f in row["figures"])
    with house.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM answer_counts")) == 0
    assert SECRET.encode() not in whole(tmp_path)


def test_remarks_stand_without_group_and_in_no_order_of_arrival(house: House) -> None:
    number = house.drawn()
    asked = [a for a in house.asked(number) if a.row == "W2-3"]
    random.Random(4).shuffle(asked)
    for n, a in enumerate(asked):
        house.rate(number, a, mark(3, f"{9 - n} 号意见"))
    house.close(number)
    with house.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT group_code, value FROM answer_counts WHERE question = 'remark'")
        ).all()
    assert len(rows) == len(asked)
    assert {g for g, _ in rows} == {""}
    assert [v for _, v in rows] == sorted(v for _, v in rows)


@pytest.mark.parametrize("harm", ["lost", "copied", "forged", "marked"])
def test_answers_lost_copied_or_forged_in_the_database_are_noticed(house: House, harm: str) -> None:
    number = house.drawn()
    for a in house.asked(number)[:5]:
        house.rate(number, a, mark(5))
    with house.engine.begin() as connection:
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'hpf_env%'")
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        first = "(SELECT min(id) FROM envelopes)"
        connection.exec_driver_sql({
            "lost": f"DELETE FROM envelopes WHERE id = {first}",
            "copied": "INSERT INTO envelopes SELECT randomblob(16), questionnaire_id, sealed "
                      f"FROM envelopes WHERE id = {first}",
            "forged": f"UPDATE envelopes SET sealed = randomblob(900) WHERE id = {first}",
            "marked": f"INSERT INTO spent_tokens VALUES ({number}, randomblob(32))",
        }[harm])  # fmt: skip
    with pytest.raises(TamperError):
        house.close(number)
    assert house.row(number).digest is None


@pytest.mark.parametrize(
    ("table", "act"),
    [
        ("answer_counts", "UPDATE answer_counts SET times = 9"),
        ("answer_counts", "DELETE FROM answer_counts"),
        ("questionnaires", "UPDATE questionnaires SET outcome = '{}'"),
        ("questionnaires", "DELETE FROM questionnaires"),
        ("spent_tokens", "DELETE FROM spent_tokens"),
        ("rater_assignments", "UPDATE rater_assignments SET rater = 'x'"),
        ("envelopes", "INSERT INTO envelopes VALUES ('\\x01', 1, '\\x02')"),
        ("spent_tokens", "INSERT INTO spent_tokens VALUES (1, '\\x01')"),
        ("answer_counts", "INSERT INTO answer_counts VALUES (1, 'a', 'b', 'c', 'd', 1)"),
    ],
)
def test_the_database_itself_keeps_what_is_closed(either: House, table: str, act: str) -> None:
    either.close(either.answered())
    with (
        pytest.raises(DBAPIError, match=rf"hpf: {table}: \w+ refused"),
        either.engine.begin() as connection,
    ):
        connection.execute(text(act))


def test_while_it_is_open_no_answer_can_be_thrown_away(either: House) -> None:
    number = either.drawn()
    either.rate(number, either.asked(number)[0], mark(5))
    for act in ("DELETE FROM envelopes", "UPDATE envelopes SET questionnaire_id = 1"):
        with (
            pytest.raises(DBAPIError, match=r"hpf: envelopes: \w+ refused"),
            either.engine.begin() as connection,
        ):
            connection.execute(text(act))


def test_a_closed_result_that_was_altered_is_told(house: House) -> None:
    number = house.answered()
    house.close(number)
    with reading(house.engine) as session:
        assert altered(session) == []
    with house.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER hpf_answer_counts_update")
        connection.exec_driver_sql("UPDATE answer_counts SET times = times + 1 WHERE times = 1")
    with reading(house.engine) as session:
        assert [p.code for p in altered(session)] == ["storage.questionnaire_altered"]


def test_a_key_that_a_crash_left_behind_is_destroyed_later(house: House) -> None:
    number, other = house.answered(), house.open("patients")
    house.close(number)
    make_key(house.keys, number)  # as if the process had died between the commit and this
    with writing(house.engine) as session:
        burn_left_over(session, house.keys, house.hospital)
    assert [p.name for p in house.keys.glob("questionnaire-*")] == [f"questionnaire-{other}.key"]
