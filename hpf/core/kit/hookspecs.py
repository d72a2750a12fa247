"""The hooks a plugin may implement, and the declarations they return.

A plugin returns declarations; the rooms of the framework keep the tables and draw the pages. So
a plugin needs neither a web nor a database library, and what it declares can be checked at start.
docs/hooks.md shows one example of each; a test keeps page and code together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pluggy

from hpf.core.errors import Text
from hpf.core.kit.assessing import OutsideAssessment as OutsideAssessment
from hpf.core.kit.ledgering import Dialogue as Dialogue
from hpf.core.kit.ledgering import Ledger as Ledger
from hpf.core.kit.ledgering import StrategyMap as StrategyMap
from hpf.core.kit.panelling import Panel as Panel
from hpf.core.kit.questioning import Figure as Figure
from hpf.core.kit.questioning import Question as Question
from hpf.core.kit.questioning import Questionnaire as Questionnaire
from hpf.core.kit.questioning import RaterGroup as RaterGroup

if TYPE_CHECKING:  # pragma: no cover
    from hpf.core.entities import Entity
    from hpf.core.paylists import PayList
    from hpf.core.schemes import Scheme

PROJECT = "hpf"  # the entry-point group, and the prefix of every hook
CHARTS = (
    "",
    "bars",
    "radar",
    "trend",
    "waterfall",
    "people",
    "states",
    "letter",
    "items",
    "groups",
)
BY_ROW = (
    "items",
    "groups",
)  # sections of rows whose full marks stand in the row, not in parameters
SIGNS = ("=", "+", "-")  # of a waterfall's steps
AXES = (5, 8)  # a radar's, at least and at most
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class ItemMethod:
    """A way to score an item of an item table.

    code: the word that stands in the table's `method` column.
    draw: function of (item row, parameters) that yields the item's points.
    meaning: one sentence for the handbook.
    """

    code: str
    names: Text
    draw: Callable[..., Any]
    meaning: Text = Text("", "")


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section of the report card of `entity`.

    rules: names of the rules and indicators shown, in this order; `link.name` is one of the row
    that a link leads to. scheme: code of the scheme whose results it shows.
    chart: how, one of CHARTS; docs/hooks.md has what each of them draws.
    full: what each has at most, in the order of `rules`: the name of a parameter (`name[key]`
    of a table), or `` for an indicator's upper bound; of items and groups a name of the row.
    total, place: the rule that they add up to, and the one that ranks it.
    group: the indicator or grade that gathers rows into groups with sums; of a letter, the grade.
    """

    code: str
    scheme: str
    entity: str
    names: Text
    rules: tuple[str, ...]
    chart: str = ""
    full: tuple[str, ...] = ()
    total: str = ""
    place: str = ""
    group: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        """The names alone, without the signs of a waterfall."""
        if self.chart != "waterfall":
            return self.rules
        return tuple(r[1:] if r[:1] in SIGNS else r for r in self.rules)


@dataclass(frozen=True, slots=True)
class PayoutWriter:
    """A file format for pay lines that a bank or a payroll system reads.

    write: function of a PayList that yields the file's bytes; suffix: `.txt`, `.csv`, ….
    It must write each amount as it stands there, never rounded again.
    """

    code: str
    names: Text
    suffix: str
    write: Callable[[PayList], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a form or a column of a page.

    name: an indicator or rule of the form's or page's entity; names: a heading, if not its own.
    """

    name: str
    names: Text = Text("", "")


@dataclass(frozen=True, slots=True)
class Form:
    """A declared form by which facts of one entity are reported.

    columns: indicators asked for, in order; role: who fills it in, one of `panelling.FILLING`
    (empty: who reports its indicators); clause: who demands it.
    """

    code: str
    scheme: str
    entity: str
    names: Text
    columns: tuple[Column, ...]
    role: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A declared page: one table of an entity's facts and results.

    columns: indicators and rules shown, in order; roles: who may see it, of `panelling.ROLES`
    (empty: everybody who sees the scheme); filters: names of columns to narrow it by.
    """

    code: str
    scheme: str
    entity: str
    names: Text
    columns: tuple[Column, ...]
    roles: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()


class Hooks:
    """What a plugin may implement; each hook is optional, each returns a list."""

    @hookspec
    def hpf_schemes(
        self, entities: Mapping[str, Entity], item_methods: Mapping[str, ItemMethod]
    ) -> Sequence[Scheme]:
        """Return the schemes of this plugin's document.

        They are only declared here. Each is built (drawn and checked) when somebody first asks
        for it, so a plugin with many schemes costs little at start. Two plugins must not declare
        the same scheme code. Both arguments may be left out: `entities` are the core's and those
        of all installed plugins, `item_methods` the built-in ones and those of all plugins.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_entities(self) -> Sequence[Entity]:
        """Return entities that other plugins may link to.

        A plugin cannot import its sibling; it finds the sibling's entities by code in the
        argument of `hpf_schemes` and declares them on its own scheme. Two plugins may declare the
        same entity only alike. An entity that one scheme alone needs is declared on that scheme.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_item_methods(self) -> Sequence[ItemMethod]:
        """Return ways to score an item of an item table, beside the built-in ones.

        A table names a method by its code. A scheme that takes `item_methods` in `hpf_schemes`
        can offer them all to its table (`declare_items(scheme, methods=…)`). A code that is
        taken already is refused at start.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_report_sections(self) -> Sequence[ReportSection]:
        """Return sections for the report card of a hospital, department or person.

        A section names a scheme, an entity, the rules and indicators that it shows, and how; the
        reports draw it, with the words and clauses that the scheme has already.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_payout_writers(self) -> Sequence[PayoutWriter]:
        """Return file formats for pay lines, such as a bank's batch file.

        A writer receives a whole pay list (persons, accounts, amounts) and yields bytes; it is
        offered by its code where payouts are written, and must leave every amount as it is.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_forms(self) -> Sequence[Form]:
        """Return forms by which facts of one entity are reported.

        A form lists indicators; their types, units, bounds and meaning of blanks come from the
        scheme, so nothing is said twice. The portal draws it and keeps what was entered.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_pages(self) -> Sequence[Page]:
        """Return pages that show an entity's facts and results as a table.

        A page lists columns and who may see them; the portal draws it, each figure with its
        explanation one click away.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_assessments(self) -> Sequence[OutsideAssessment]:
        """Return assessments from outside: a group and its experts mark the items of a table.

        The workflow keeps pool, draw, visits, marks, publicity and decision; the declaration says
        which facts the marks become, which results follow, and the document's days.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_questionnaires(self) -> Sequence[Questionnaire]:
        """Return questionnaires: evaluation from all sides, and surveys of patients and staff.

        A questionnaire lists questions, groups of raters and what their answers become. The
        framework finds the raters, keeps answers that name nobody, counts them when it is closed,
        and hands the figures over as facts.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_panels(self) -> Sequence[Panel]:
        """Return panels for the portal's home page, a person's pay and a department's page.

        A panel lists rules and indicators of one row, or of the rows that lead to it, and how
        they are drawn; the portal shows it to whoever sees those rows, with the reports' charts.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_ledgers(self) -> Sequence[Ledger]:
        """Return ledgers of points: entries under written standards, taken back by counter-entries.

        A ledger says what the scheme calls entries, standards and a manager's adjustments. The
        framework keeps them so that they only grow, checks who may book what, and hands the
        entries over as facts when the period's ledger is closed.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_dialogues(self) -> Sequence[Dialogue]:
        """Return what talks and trainings become: facts of people, counted in each period.

        With it come feedback that both sides write, recognition without money and the records
        that the framework keeps about them; the declaration names indicators and parameters.
        """
        return ()  # a specification; never called

    @hookspec
    def hpf_maps(self) -> Sequence[StrategyMap]:
        """Return strategy maps: objectives in perspectives, and arrows from cause to effect.

        The portal and the reports draw it, with its table and what is covered by indicators and
        what is not, from the facts and results that the scheme has.
        """
        return ()  # a specification; never called


def hook_names() -> tuple[str, ...]:
    """The names of all hooks, in the order of the class."""
    return tuple(n for n in vars(Hooks) if n.startswith(f"{PROJECT}_"))
