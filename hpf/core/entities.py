"""Entities: the kinds of things facts are about, and the named links between them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hpf.core.errors import Text

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Link:
    """A named reference from each row of one entity to a row of another.

    name: column that holds the other row's id; also the attribute in a formula.
    to: code of the entity pointed at.
    collection: attribute by which the other end gathers these rows; '' for none.
    optional: whether a row may lack it (its look-ups are then absent).
    """

    name: str
    to: str
    collection: str
    names: Text
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of thing: `hospital`, `department`, `staff`, or one a plugin declares.

    key: links that together name one row: no two rows may lead to the same ones.
    """

    code: str
    names: Text
    links: tuple[Link, ...] = ()
    key: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.code


def entity(code: str, zh: str, en: str, *links: Link, key: tuple[str, ...] = ()) -> Entity:
    """Declare an entity; `key` names the links that only one row may have together.

    Raises ValueError when the code is not lower-case words, two links share a name, or the key
    names no link.
    """
    if not NAME.fullmatch(code):
        raise ValueError(f"an entity's code is lower-case words with underscores, not '{code}'")
    names = [link.name for link in links]
    if len(set(names)) < len(names):
        raise ValueError(f"entity '{code}' has two links of one name: {names}")
    if unknown := [name for name in key if name not in names]:
        raise ValueError(f"entity '{code}' has no link {unknown} for its key; it has {names}")
    return Entity(code, Text(zh, en), links, tuple(key))


def link(
    name: str, to: Entity, zh: str, en: str, collection: str = "", optional: bool = False
) -> Link:
    """Declare a link to `to`; `collection` names the way back.

    Raises ValueError when a name is not lower-case words.
    """
    for word in (name, collection or name):
        if not NAME.fullmatch(word):
            raise ValueError(f"a link's name is lower-case words with underscores, not '{word}'")
    return Link(name, to.code, collection, Text(zh, en), optional)


JURISDICTION = entity("jurisdiction", "辖区", "Jurisdiction")
PEER_GROUP = entity("peer_group", "同类组", "Peer group")
HOSPITAL = entity(
    "hospital",
    "医院",
    "Hospital",
    link("jurisdiction", JURISDICTION, "辖区", "Jurisdiction", "hospitals", optional=True),
    link("peer_group", PEER_GROUP, "同类组", "Peer group", "hospitals", optional=True),
)
DEPARTMENT = entity(
    "department",
    "科室",
    "Department",
    link("hospital", HOSPITAL, "医院", "Hospital", "departments"),
)
STAFF = entity(
    "staff",
    "人员",
    "Staff",
    link("department", DEPARTMENT, "科室", "Department", "staff"),
)
CORE_ENTITIES = (JURISDICTION, PEER_GROUP, HOSPITAL, DEPARTMENT, STAFF)
