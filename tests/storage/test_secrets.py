"""Account numbers: encrypted for their owner, under keys that can be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk
from sealed import person
from sqlalchemy import Engine, text

from hpf.core.errors import BadValue
from hpf.storage.engine import reading, writing
from hpf.storage.keys import make_keys
from hpf.storage.secrets import NEXT, AccountKeys, account_number, finish_rotation, masked, rotate
from hpf.storage.troubles import StorageError, TamperError

OWNER = "H/A"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


def test_a_number_opens_for_its_owner_alone(keys: Path) -> None:
    held = AccountKeys.read(keys)
    sealed = held.seal("6222000000000001", OWNER)
    assert held.open(sealed, OWNER) == "6222000000000001"
    assert held.seal("6222000000000001", OWNER) != sealed, "equal numbers do not look equal"
    assert "6222" not in repr(held) + str(sealed)
    assert held.current.hex() not in repr(held)
    for owner in ("H/B", "G/A"):
        with pytest.raises(TamperError, match="somebody else"):
            held.open(sealed, owner)


def test_every_changed_byte_is_found(keys: Path) -> None:
    held = AccountKeys.read(keys)
    sealed = held.seal("6222000000000001", OWNER)
    for at in range(len(sealed)):
        forged = bytearray(sealed)
        forged[at] ^= 1
        with pytest.raises(TamperError):
            held.open(bytes(forged), OWNER)
    for cut in range(len(sealed)):
        with pytest.raises(TamperError):
            held.open(sealed[:cut], OWNER)


@pytest.mark.parametrize("given", ["6222 0000-0000 0001", "6222000000000001"])
def test_numbers_are_read_as_people_write_them(given: str) -> None:
    assert account_number(given) == "6222000000000001"


@pytest.mark.parametrize("given", ["1234567", "6" * 33, "6222x00000000", "６２２２０００００"])
def test_what_is_no_number_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(BadValue) as told:
        account_number(given)
    assert given not in f"{told.value.text}"


def test_lists_show_four_digits() -> None:
    assert (masked("6222000000000001"), masked("")) == ("****0001", "")


def test_a_lost_key_is_told(keys: Path, tmp_path: Path) -> None:
    sealed = AccountKeys.read(keys).seal("6222000000000001", OWNER)
    make_keys(tmp_path / "other")
    with pytest.raises(TamperError, match="key of the account number is not here"):
        AccountKeys.read(tmp_path / "other").open(sealed, OWNER)
    (keys / "accounts.key").unlink()
    with pytest.raises(StorageError, match="missing"):
        AccountKeys.read(keys)


def test_a_number_moved_to_another_row_does_not_open(desk: Desk) -> None:
    """Somebody who can write to the database sends another's pay to their own account."""
    with desk.engine.begin() as connection:
        connection.execute(
            text("UPDATE staff SET account = (SELECT account FROM staff WHERE code = 'B') "
                 "WHERE code = 'A'")
        )  # fmt: skip
    with pytest.raises(TamperError, match="somebody else"):
        desk.pay()


def test_a_change_of_key_that_stops_half_way_leaves_everything_readable(desk: Desk) -> None:
    def numbers() -> list[str]:
        held = AccountKeys.read(desk.keys)
        with reading(desk.engine) as session:
            return [held.open(person(session, c).account or b"", f"H/{c}") for c in "ABD"]

    before = numbers()
    with writing(desk.engine) as session:  # dies before the commit
        rotate(session, desk.keys, "甲")
    assert (desk.keys / NEXT).exists()
    assert numbers() == before
    with desk.write() as session:
        assert rotate(session, desk.keys, "甲") == 3
    assert numbers() == before, "committed, but the files are not in their places yet"
    finish_rotation(desk.keys)
    assert numbers() == before
    assert not (desk.keys / NEXT).exists()
    for old in desk.keys.glob("accounts.*.key"):
        old.unlink()
    assert numbers() == before, "nothing needs the old key any more"
