"""Schemes: what a plugin's author writes down. `hpf.core.build` makes a checked Program of one.

    scheme = Scheme("ward_nurse", zh="病区护士", en="Ward nurses", document="S4.7", here=__file__)
    scheme.decimal(DEPARTMENT, "pool", zh="可分配绩效", en="Pool", unit=CNY, clause="S4.7-6.WN.1")

    @scheme.pay(STAFF, clause="S4.7-6.WN.1", zh="绩效工资", en="Pay")
    def pay(nurse):
        return split(nurse.department.pool, by=nurse.points, within=nurse.department)

Nothing is computed here: rule functions are kept and run once, when the scheme is built.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hpf.core.entities import CORE_ENTITIES, NAME, Entity, Link
from hpf.core.errors import Text, did_you_mean
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.parameters import number
from hpf.core.rules import REQUIREMENT, SEVERITIES, Heading
from hpf.core.units import CNY, RATIO, Unit

Draw = Callable[..., Any]
RESERVED = frozenset({"id", "name", "period", "past", "window", "year_to_date", "where", "sum",
                      "mean", "max", "min", "count", "streak"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration(Heading):
    """A rule as written: its function has not run yet."""

    only: Draw | None
    draw: Draw


class Scheme:
    """One document's entities, indicators and rules, being declared.

    code: lower-case words; document: the id that its clauses begin with.
    here: the plugin module's __file__; parameters.yaml, clauses.yaml and examples.yaml lie beside
    it. period: month, quarter, half or year.
    """

    def __init__(
        self,
        code: str,
        *,
        zh: str,
        en: str,
        document: str,
        here: str,
        version: str = "1",
        period: str = "month",
    ) -> None:
        if not NAME.fullmatch(code):
            raise ValueError(f"a scheme's code is lower-case words, not '{code}'")
        self.code, self.names, self.document = code, Text(zh, en), document
        self.version, self.period, self.folder = version, period, Path(here).parent
        self.entities: dict[str, Entity] = {e.code: e for e in CORE_ENTITIES}
        self.indicators: list[Indicator] = []
        self.rules: list[Declaration] = []

    def entity(self, entity: Entity) -> Entity:
        """Declare an entity of the scheme's own (a team, a dispute, an item)."""
        if entity.code in self.entities:
            raise ValueError(f"entity '{entity.code}' is declared already")
        self.entities[entity.code] = entity
        return entity

    def link(self, entity: Entity, link: Link) -> None:
        """Give an entity one more named link (staff → team)."""
        old = self.entities[entity.code]
        self.entities[entity.code] = replace(old, links=(*old.links, link))

    def indicator(
        self,
        entity: Entity,
        code: str,
        type: Type,
        *,
        zh: str,
        en: str,
        unit: Unit = RATIO,
        blank: str = "required",
        low: str | int | None = None,
        high: str | int | None = None,
        choices: Sequence[str] = (),
        direction: str = "",
        reporter: tuple[str, str] = ("", ""),
        due_day: int = 0,
        clause: str = "",
        note: tuple[str, str] = ("", ""),
    ) -> None:
        """Declare a fact. low and high are inclusive and quoted, in `unit`.

        Raises ValueError for a reserved or malformed code, or a choice without choices.
        """
        if not NAME.fullmatch(code) or code in RESERVED:
            raise ValueError(f"'{code}' cannot be an indicator's code")
        if type is Type.CHOICE and not choices:
            raise ValueError(f"indicator '{code}': a choice needs its choices")
        bounds = [None if b is None else number(b) for b in (low, high)]
        self.indicators.append(
            Indicator(
                code,
                entity.code,
                type,
                Text(zh, en),
                unit,
                Blank(blank),
                bounds[0],
                bounds[1],
                tuple(choices),
                direction,
                Text(*reporter),
                due_day,
                clause,
                Text(*note),
            )
        )

    def decimal(self, entity: Entity, code: str, **more: Any) -> None:
        """A number with places; see `indicator`."""
        self.indicator(entity, code, Type.DECIMAL, **more)

    def integer(self, entity: Entity, code: str, **more: Any) -> None:
        """A whole number; see `indicator`."""
        self.indicator(entity, code, Type.INTEGER, **more)

    def choice(self, entity: Entity, code: str, choices: Sequence[str], **more: Any) -> None:
        """One of declared texts; see `indicator`."""
        self.indicator(entity, code, Type.CHOICE, choices=choices, **more)

    def date(self, entity: Entity, code: str, **more: Any) -> None:
        """A calendar day; see `indicator`."""
        self.indicator(entity, code, Type.DATE, **more)

    def boolean(self, entity: Entity, code: str, **more: Any) -> None:
        """Yes or no; see `indicator`."""
        self.indicator(entity, code, Type.BOOLEAN, **more)

    def text(self, entity: Entity, code: str, **more: Any) -> None:
        """Free text, never computed with; see `indicator`."""
        self.indicator(entity, code, Type.TEXT, **more)

    def rule(
        self,
        entity: Entity,
        *,
        zh: str,
        en: str,
        clause: str | Sequence[str],
        unit: Unit = RATIO,
        only: Draw | None = None,
        kind: str = "score",
        type: Type = Type.DECIMAL,
        choices: Sequence[str] = (),
        payout: bool = False,
    ) -> Callable[[Draw], Draw]:
        """Declare the decorated function as a rule of `entity`; its name is the rule's name.

        The function gets the row and, if it takes a second argument, the parameters. only: a
        function of the same arguments that says for which rows the rule holds. payout: this pay
        line or total is the amount that is paid in the end (needed where several could be).
        """
        return self._declare(
            entity, zh, en, clause, kind, type, only, unit=unit, choices=tuple(choices),
            payout=payout,
        )  # fmt: skip

    def _declare(
        self,
        entity: Entity,
        zh: str,
        en: str,
        clause: str | Sequence[str],
        kind: str,
        type: Type,
        only: Draw | None,
        unit: Unit = RATIO,
        choices: tuple[str, ...] = (),
        cure: Text = Text("", ""),
        severity: str = "",
        payout: bool = False,
    ) -> Callable[[Draw], Draw]:
        clauses = (clause,) if isinstance(clause, str) else clause

        def register(draw: Draw) -> Draw:
            name = draw.__name__
            if not NAME.fullmatch(name) or name in RESERVED:
                raise ValueError(f"'{name}' cannot be a rule's name")
            line = draw.__code__.co_firstlineno
            self.rules.append(
                Declaration(
                    entity=entity.code,
                    name=name,
                    kind=kind,
                    type=type,
                    unit=unit,
                    clauses=tuple(clauses),
                    names=Text(zh, en),
                    doc=inspect.getdoc(draw) or "",
                    choices=choices,
                    place=f"{Path(draw.__code__.co_filename).name}:{line}",
                    cure=cure,
                    severity=severity,
                    payout=payout,
                    only=only,
                    draw=draw,
                )
            )
            return draw

        return register

    def pay(self, entity: Entity, *, unit: Unit = CNY, **more: Any) -> Callable[[Draw], Draw]:
        """A pay line: its formula ends in round_to or split."""
        return self.rule(entity, unit=unit, kind="pay", **more)

    def total(self, entity: Entity, *, unit: Unit = CNY, **more: Any) -> Callable[[Draw], Draw]:
        """A sum of pay lines (or of other totals), so that slips add up to the fen."""
        return self.rule(entity, unit=unit, kind="total", **more)

    def grade(self, entity: Entity, choices: Sequence[str], **more: Any) -> Callable[[Draw], Draw]:
        """A rule that yields one of declared texts."""
        return self.rule(entity, kind="grade", type=Type.CHOICE, choices=choices, **more)

    def condition(self, entity: Entity, **more: Any) -> Callable[[Draw], Draw]:
        """A rule that yields yes or no."""
        return self.rule(entity, type=Type.BOOLEAN, **more)

    def require(
        self,
        entity: Entity,
        *,
        zh: str,
        en: str,
        clause: str | Sequence[str],
        cure: tuple[str, str],
        severity: str = "problem",
        only: Draw | None = None,
    ) -> Callable[[Draw], Draw]:
        """A condition that the facts must meet; its names say what must hold.

        Where it is false the run has a problem, which names the row, its cell, both sides of the
        comparison that failed and the cure (Chinese, English); with severity `notice` the run
        stands and tells it. Absent, it asks nothing. Raises ValueError without a cure.
        """
        if severity not in SEVERITIES:
            raise ValueError(f"severity '{severity}'. {did_you_mean(severity, SEVERITIES).en}")
        if len(cure) != 2 or not all(c.strip() for c in cure):
            raise ValueError(f"requirement '{en}': cure=(中文, English) says how to mend it")
        return self._declare(
            entity, zh, en, clause, REQUIREMENT, Type.BOOLEAN, only, cure=Text(*cure),
            severity=severity,
        )  # fmt: skip
