"""What was reported, computed and planned: imports, runs, cycles. Read-only; no figure of pay."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import ColumnElement, select

from hpf.core.errors import Text
from hpf.portal.access import me
from hpf.portal.admin.lists import Filter
from hpf.portal.admin.views import ModelPage
from hpf.portal.database import desk, session
from hpf.portal.language import say
from hpf.portal.rights import Act, Viewer
from hpf.reports.figures import grouped
from hpf.storage.models import Cycle, Import, StoredRun
from hpf.workflow.stages import Stage

SCHEME = Text("方案", "Scheme")
PERIOD = Text("期间", "Period")
KINDS = {
    "main": Text("正式", "main"),
    "supplement": Text("补差", "supplement"),
    "release": Text("解除暂缓", "release"),
}
EXTENTS = {"whole": Text("全部", "whole"), "part": Text("部分", "part")}


def scheme_name(code: str) -> str:
    """What a scheme is called; its code where its plugin is not enabled any more."""
    programs = desk().programs
    return say(programs[code].names) if code in programs else code


def _schemes(model: Any) -> Filter:
    def there() -> list[tuple[str, str]]:
        mine = model.hospital_id == me().hospital
        found = session().scalars(select(model.scheme).where(mine).distinct())
        return [(code, scheme_name(code)) for code in sorted(found)]

    return Filter(SCHEME, there, lambda code: model.scheme == code)


class Imports(ModelPage):
    """Each act of reporting: what, from which file, by whom, how many values."""

    model_of = Import
    act = Act.REVIEW
    code = "imports"
    names = Text("导入记录", "Imports")
    about = Text(
        "每次报送一条，只增不改。值留空表示还没写完，不计入核算。",
        "One line an act of reporting; none is ever changed. One without values is not finished, "
        "and counts for nothing.",
    )
    labels: ClassVar = {
        "number": Text("编号", "Number"),
        "scheme": SCHEME,
        "period": PERIOD,
        "extent": Text("范围", "Extent"),
        "file": Text("文件", "File"),
        "versions": Text("值", "Values"),
        "told": Text("提示", "Notices"),
        "reason": Text("理由", "Reason"),
        "by": Text("报送人", "Reporter"),
        "at": Text("时间", "Time"),
        "file_digest": Text("文件指纹", "File's SHA-256"),
        "digest": Text("内容指纹", "Digest"),
    }
    numbers = frozenset({"number", "versions", "told"})
    column_list = (
        "number", "scheme", "period", "extent", "file", "versions", "told", "reason", "by", "at",
    )  # fmt: skip
    column_details_list = (*column_list, "file_digest", "digest")
    column_export_list = column_details_list
    column_searchable_list = ("file", "reason", "by", "period")
    column_sortable_list = ("number", "scheme", "period", "file", "versions", "by", "at")
    column_default_sort = ("number", True)
    kept: ClassVar[dict[str, Any]] = {"scheme": _schemes(Import)}

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The viewer's hospital."""
        return Import.hospital_id == who.hospital

    def show_scheme(self, row: Import) -> str:
        """Its name."""
        return scheme_name(row.scheme)

    def show_extent(self, row: Import) -> str:
        """Whether it said all there is to say."""
        return say(EXTENTS[row.extent])

    def show_told(self, row: Import) -> int:
        """How many notices it left."""
        return len(row.notices)


class Runs(ModelPage):
    """Each calculation with its seal; its figures stand in the run's own pages."""

    model_of = StoredRun
    act = Act.REVIEW
    code = "runs"
    names = Text("运行记录", "Runs")
    about = Text(
        "封存后不再改动；更正是另一次运行，写明补哪一次的差。",
        "Sealed for good; a correction is another run that names the one it corrects.",
    )
    labels: ClassVar = {
        "id": Text("编号", "Number"),
        "scheme": SCHEME,
        "version": Text("版本", "Version"),
        "period": PERIOD,
        "kind": Text("种类", "Kind"),
        "of": Text("针对", "Of run"),
        "waiting": Text("暂缓", "Held"),
        "wrong": Text("问题", "Problems"),
        "state": Text("状态", "State"),
        "by": Text("运行人", "By"),
        "finished": Text("时间", "Time"),
        "profile": Text("口径", "Profile"),
        "accepted_zeros": Text("按零处理的空白", "Blanks read as zero"),
        "program_digest": Text("方案指纹", "Scheme's digest"),
        "sealed": Text("封印", "Seal"),
    }
    numbers = frozenset({"id", "of", "waiting", "wrong", "accepted_zeros"})
    column_list = (
        "id", "scheme", "period", "kind", "of", "waiting", "wrong", "state", "by", "finished",
    )  # fmt: skip
    column_details_list = (
        *column_list, "version", "profile", "accepted_zeros", "program_digest", "sealed",
    )  # fmt: skip
    column_export_list = column_details_list
    column_searchable_list = ("by", "period", "seal")
    column_sortable_list = ("id", "scheme", "period", "kind", "by", "finished")
    column_default_sort = ("id", True)
    kept: ClassVar[dict[str, Any]] = {
        "scheme": _schemes(StoredRun),
        "kind": Filter(
            Text("种类", "Kind"),
            lambda: [(k, say(n)) for k, n in KINDS.items()],
            lambda kind: StoredRun.kind == kind,
        ),
    }

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The viewer's hospital."""
        return StoredRun.hospital_id == who.hospital

    def show_scheme(self, row: StoredRun) -> str:
        """Its name."""
        return scheme_name(row.scheme)

    def show_kind(self, row: StoredRun) -> str:
        """Main, or of another run."""
        return say(KINDS[row.kind])

    def show_of(self, row: StoredRun) -> int | None:
        """Which run it corrects or releases."""
        return row.of_id

    def show_waiting(self, row: StoredRun) -> int:
        """How many units were held back."""
        return len(row.held)

    def show_wrong(self, row: StoredRun) -> int:
        """How many problems it met."""
        return len(row.problems)

    def show_state(self, row: StoredRun) -> str:
        """Sealed, or broken off."""
        return say(("已封存", "sealed") if row.seal else ("未写完", "not finished"))

    def show_sealed(self, row: StoredRun) -> str:
        """The seal, in groups of four."""
        return grouped(row.seal) if row.seal else ""

    def tone(self, row: StoredRun, column: str) -> str:
        """A tag for the state alone."""
        return "" if column != "state" else "sealed" if row.seal else "warning"


class Cycles(ModelPage):
    """Each period's calendar: the days that were planned, stage by stage."""

    model_of = Cycle
    act = Act.REGISTER
    code = "calendars"
    names = Text("周期与日历", "Cycles and calendars")
    about = Text(
        "每个期间一条。日期在“计划”里定，已到的阶段不再改。",
        "One line a period. Days are set in 'Plan'; stages that have come no longer move.",
    )
    labels: ClassVar = {
        "scheme": SCHEME,
        "period": PERIOD,
        "state": Text("阶段", "Stage"),
        "order": Text("次序", "Order"),
        "run": Text("运行", "Run"),
        **{f"day_{s.value}": s.names for s in Stage},
    }
    numbers = frozenset({"run"})
    column_list = ("period", "scheme", "state", "order", "run")
    column_details_list = column_list
    column_searchable_list = ("period", "scheme")
    column_sortable_list = ("period", "scheme", "state")
    column_default_sort = ("period", True)
    details_template = "admin/calendars/details.html"
    kept: ClassVar[dict[str, Any]] = {
        "state": Filter(
            Text("阶段", "Stage"),
            lambda: [(s.value, say(s.names)) for s in Stage],
            lambda stage: Cycle.state == stage,
        ),
    }

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The viewer's hospital."""
        return Cycle.hospital_id == who.hospital

    def show_scheme(self, row: Cycle) -> str:
        """Its name."""
        return scheme_name(row.scheme)

    def show_state(self, row: Cycle) -> str:
        """What the stage is called."""
        return say(Stage(row.state).names)

    def show_order(self, row: Cycle) -> str:
        """Whether pay or publicity comes first."""
        return say(
            ("先兑现后公示", "pay, then publicise")
            if row.pay_first
            else ("先公示后兑现", "publicise, then pay")
        )

    def show_run(self, row: Cycle) -> int | None:
        """The run that the period stands on."""
        return row.run_id

    def days(self, row: Cycle) -> list[tuple[str, str]]:
        """The planned days, in order of the stages."""
        planned = row.calendar.get("days", {})
        return [(say(s.names), str(planned[s.value])) for s in Stage if s.value in planned]
