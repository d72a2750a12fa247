"""What a formula can refer to, and the row it is seen from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hpf.core.entities import Link
from hpf.core.indicators import Type
from hpf.core.parameters import Parameter
from hpf.core.units import Unit


@dataclass(frozen=True, slots=True)
class Declared:
    """A name a formula may use: a fact's or a rule's. name is qualified: `scheme.code`."""

    name: str
    type: Type
    unit: Unit
    choices: tuple[str, ...]
    is_rule: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Everything a scheme's formulas can refer to."""

    values: Mapping[str, Mapping[str, Declared]]  # entity -> code -> what
    links: Mapping[str, Mapping[str, Link]]  # entity -> link name -> link
    collections: Mapping[str, Mapping[str, tuple[str, str]]]  # entity -> word -> (member, link)
    parameters: Mapping[str, Parameter]


def way(names: Names, entity: str, name: str) -> tuple[str, ...]:
    """The shortest way along links, then `name`, to an entity that has it; () where none leads."""
    seen = {entity}
    front: list[tuple[str, tuple[str, ...]]] = [(entity, ())]
    while front:
        ahead: list[tuple[str, tuple[str, ...]]] = []
        for here, path in front:
            if path and name in names.values.get(here, {}):
                return (*path, name)
            for step, link in names.links.get(here, {}).items():
                if link.to not in seen:
                    seen.add(link.to)
                    ahead.append((link.to, (*path, step)))
        front = ahead
    return ()


class Scope:
    """The row a formula is seen from; two scopes are the same only if they are one object."""

    def __init__(self, names: Names, entity: str, past: bool = False) -> None:
        self.names, self.entity, self.past = names, entity, past


class NotAValue:
    """Base of what a formula handles but cannot compute with: rows, tables, scales, steps."""

    __slots__ = ()
