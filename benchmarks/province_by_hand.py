"""The county's scores in hand-written Polars: this one scheme, these switches, nothing explained.

It does the same exact work: the facts are tested (ids, links, blanks, choices, bounds), decimals
of 22 places, comparisons, ranks and roundings on values snapped to 12, every method and cap,
re-weighting, totals, bands, ranks, subsidies, two years in a row, what the county requires of table
and items, and results as they are written. A fault in the facts is found, not located; a divisor
of zero stops it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from benchmarks.province_facts_by_hand import linked, no_twins, stand

Frames = Mapping[str, pl.DataFrame]  # by entity, rows in order of id

AWAY: Final = "half_away_from_zero"
FINE = pl.Decimal(38, 22)
FORWARD, REVERSE, QUALITATIVE, INTERVAL, DIFFERENCE = "正向", "反向", "定性", "区间", "差额"
HIGHER, LOWER, PERCENT = "越高越好", "越低越好", "百分数"
MANAGEMENT, QUALITY, PUBLIC = "综合管理", "医疗质量管理", "群众评价与监督"
PARTS = (MANAGEMENT, QUALITY, PUBLIC)
TOPICS = {
    MANAGEMENT: ["指令性任务", "药品零加成与费用控制", "便民措施", "精细化管理", "基层人员培训",
                 "医德医风与人才", "财务与价格", "依法执业"],
    QUALITY: ["核心制度", "服务数量", "服务质量", "费用与基本药物", "医疗安全"],
}  # fmt: skip


def score(
    frames: Frames, last: pl.DataFrame | None = None, *, required: bool = True
) -> dict[str, pl.DataFrame]:
    """Every result of a year as it is written, by entity; a frame's rows are in order of id.

    last: id and `unqualified` of the year before. required: also test the facts, and compute what
    the county requires. ValueError where the facts do not hold.
    """
    if required:
        frames = {entity: stand(entity, frame) for entity, frame in frames.items()}
    counties = frames["jurisdiction"].with_row_index("county")
    hospitals = _numbered(frames["hospital"], "jurisdiction", counties, "county")
    if required:
        groups = frames["peer_group"].with_row_index("group")
        linked("hospital", _numbered(hospitals, "peer_group", groups, "group"), "peer_group",
               "group")  # fmt: skip
    hospitals = hospitals.with_row_index("at")
    lines = _lines(_numbered(frames["indicator"], "jurisdiction", counties, "county"))
    items = _items(frames["item"], hospitals, lines)
    if required:
        linked("hospital", hospitals, "jurisdiction", "county")
        linked("indicator", lines, "jurisdiction", "county")
        linked("item", items, "hospital", "at")
        linked("item", items, "indicator", "line")
        no_twins("item", items, "at", "line")
    scored = _item_results(items, required)
    totals = _totals(items, scored, len(hospitals))
    found = _hospital_results(hospitals, totals, last)
    budget = _budget(hospitals, found, lines, len(counties))
    out = {"item": scored, "hospital": found, "indicator": lines.select("part"),
           "jurisdiction": budget}  # fmt: skip
    if required:
        out = _required(out, hospitals, lines, items, budget)
    return {entity: _written(frame) for entity, frame in out.items()}


def _written(frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers at 12 places, as results are written."""
    fine = [n for n, t in frame.schema.items() if isinstance(t, pl.Decimal) and t.scale > 12]
    snapped = frame.lazy().with_columns(pl.col(fine).round(12, mode=AWAY))
    return snapped.with_columns(pl.selectors.decimal().cast(pl.Decimal(38, 12))).collect()


def _numbered(frame: pl.DataFrame, link: str, to: pl.DataFrame, name: str) -> pl.DataFrame:
    """With the row number of what a link leads to: texts are joined once."""
    known = to.select(name, pl.col("id").alias(link))
    return frame.join(known, on=link, how="left", maintain_order="left")


def _lines(table: pl.DataFrame) -> pl.DataFrame:
    """The indicators with their part and their method as a number."""
    first = pl.when(pl.col("topic").is_in(TOPICS[MANAGEMENT])).then(pl.lit(MANAGEMENT))
    part = first.when(pl.col("topic").is_in(TOPICS[QUALITY])).then(pl.lit(QUALITY))
    methods = (FORWARD, REVERSE, QUALITATIVE, INTERVAL, DIFFERENCE)
    return table.with_row_index("line").with_columns(
        part=part.otherwise(pl.lit(PUBLIC)),
        way=pl.col("method").replace_strict(methods, range(5), return_dtype=pl.Int8),
        points=pl.col("standard_points"),
        falls=(pl.col("direction") == LOWER).fill_null(False),
        percent=(pl.col("measure") == PERCENT),
    )


def _items(items: pl.DataFrame, hospitals: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Each item with its hospital's row number and what its line of the table says."""
    keys = ["at", "county"]
    mine = hospitals.select(*keys, hospital="id")
    wanted = lines.select(
        "line", "points", "way", "falls", "percent", "threshold", "off_per_unit",
        "evidence_required", indicator="id", table_target="target", table="county",
        of=pl.col("part").replace_strict(PARTS, range(3), return_dtype=pl.Int8),
    )  # fmt: skip
    joined = items.join(mine, on="hospital", how="left", maintain_order="left")
    joined = joined.join(wanted, on="indicator", how="left", maintain_order="left")
    return joined.with_columns(
        target=pl.coalesce("own_target", "table_target"),
        not_scorable=pl.col("not_scorable").fill_null(False),
        checked=pl.col("checked").fill_null(False),
    )


def _item_results(items: pl.DataFrame, required: bool) -> pl.DataFrame:
    target, actual, points, way = (pl.col(c) for c in ("target", "actual", "points", "way"))
    counts = ~pl.col("not_scorable")
    wide, threshold = points.cast(pl.Decimal(38, 4)), pl.col("threshold")
    reverse = pl.when(actual <= 0).then(points.cast(FINE)).otherwise(_ratio(wide * target, actual))
    short = pl.when(pl.col("falls")).then(actual - target).otherwise(target - actual)
    missed = short.cast(pl.Decimal(38, 4)) * pl.col("off_per_unit")
    raw = (
        pl.when(way == 0).then(_ratio(wide * actual, target))
        .when(way == 1).then(reverse)
        .when(way == 2).then((points - pl.col("deductions")).cast(FINE))
        .when(way == 3).then(_ratio(wide * (actual - threshold), target - threshold))
        .otherwise((wide - missed).cast(FINE))
    )  # fmt: skip
    raw = pl.when(counts).then(raw)
    score = pl.when(pl.col("sure") > points).then(points.cast(FINE)).when(pl.col("sure") < 0)
    return (
        items.lazy()
        .with_columns(raw=raw)
        .with_columns(sure=pl.col("raw").round(12, mode=AWAY))
        .select(
            # no line of this province asks a survey: the result is what was reported
            "target", "raw", actual.alias("result"),
            score.then(_lit("0", 22)).otherwise(pl.col("raw")).alias("score"),
            *(_item_requirements() if required else ()),
        )
        .collect()
    )  # fmt: skip


def _ratio(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return above.cast(FINE) / below.cast(FINE)


def _item_requirements() -> list[pl.Expr]:
    target, actual, own, way = (pl.col(c) for c in ("target", "actual", "own_target", "way"))
    counts = ~pl.col("not_scorable")
    figures = counts & (way != 2)
    small, large = (
        pl.when(actual < target).then(a).otherwise(b)
        for a, b in ((actual, target), (target, actual))
    )
    plausible = (small <= 0) | (small > 1) | (large < small * 20)
    fits = ((way != 0) | (own > 0)) & ((way != 1) | (own >= 0))
    threshold = pl.col("threshold")
    better = pl.when(pl.col("falls")).then(own < threshold).otherwise(own > threshold)
    return [
        (pl.col("county") == pl.col("table")).alias("own_table"),
        _only(figures, actual.is_not_null(), "actual_given"),
        _only(counts & (way == 2), pl.col("deductions").is_not_null(), "deductions_given"),
        _only(figures, target.is_not_null(), "target_given"),
        (fits & ((way != 3) | better)).alias("own_target_fits"),
        _only(counts & ~pl.col("checked") & pl.col("percent"), plausible, "percent_plausible"),
        _only(counts & (way == 1), (target != 0) | (actual <= 0), "zero_target_met"),
        _only(counts & pl.col("evidence_required"), pl.col("assessed_by").is_not_null(),
              "evidence_given"),
        _only(~counts, pl.col("reason").is_not_null(), "reason_given"),
    ]  # fmt: skip


def _only(whom: pl.Expr, what: pl.Expr, name: str) -> pl.Expr:
    return pl.when(whom).then(what).alias(name)


def _totals(items: pl.DataFrame, scored: pl.DataFrame, size: int) -> pl.DataFrame:
    """Of each hospital: points by part and in all, and the points of the items that count."""
    columns = items.select("at", "of", "points", "not_scorable").with_columns(scored["score"])
    parts = [pl.col("score").filter(pl.col("of") == i).sum().alias(f"{i}") for i in range(3)]
    grouped = (
        columns.lazy()
        .group_by("at")
        .agg(*parts, counted=pl.col("points").filter(~pl.col("not_scorable")).sum(), items=pl.len())
    )
    every = pl.LazyFrame({"at": pl.int_range(size, dtype=pl.UInt32, eager=True)})
    return every.join(grouped, on="at", how="left", maintain_order="left").collect()


def _hospital_results(
    hospitals: pl.DataFrame, totals: pl.DataFrame, last: pl.DataFrame | None
) -> pl.DataFrame:
    earned = pl.col("0") + pl.col("1") + pl.col("2")
    frame = hospitals.select("id", "county", "subsidy_full").with_columns(totals)
    frame = frame.with_columns(total=(earned * _lit("100", 0)) / pl.col("counted").cast(FINE))
    snapped = pl.col("total").round(12, mode=AWAY)
    frame = frame.with_columns(sure=snapped)
    full = pl.col("subsidy_full")
    rating = (
        pl.when(pl.col("sure") >= 85).then(pl.lit("优秀"))
        .when(pl.col("sure") >= 60).then(pl.lit("合格")).otherwise(pl.lit("不合格"))
    )  # fmt: skip
    poor = pl.col("sure") < 60
    lost = pl.when(poor).then((full.cast(pl.Decimal(38, 4)) * _lit("0.10", 2)).round(2, mode=AWAY))
    frame = frame.with_columns(
        rating=rating,
        unqualified=poor,
        place=pl.col("sure").rank("min", descending=True).over("county"),
        reduction=lost,
    )
    before = pl.lit(False)
    if last is not None:
        earlier = last.select("id", before="unqualified")
        frame = frame.join(earlier, on="id", how="left", maintain_order="left")
        before = pl.col("before").fill_null(False)
    return frame.select(
        management_points="0",
        quality_points="1",
        public_points="2",
        points_counted="counted",
        total="total",
        total_shown=pl.col("sure").round(2, mode=AWAY),
        rating="rating",
        place="place",
        unqualified="unqualified",
        reduction="reduction",
        subsidy=(full - pl.col("reduction").fill_null(0)).round(2, mode=AWAY),
        removal_due=pl.col("unqualified") & before,
    )


def _budget(
    hospitals: pl.DataFrame, found: pl.DataFrame, lines: pl.DataFrame, size: int
) -> pl.DataFrame:
    money = hospitals.select("county", "subsidy_full").with_columns(
        found.select("subsidy", "reduction")
    )
    sums = money.group_by("county").agg(
        subsidy_budget=pl.sum("subsidy_full"),
        subsidy_paid=pl.sum("subsidy"),
        subsidy_withheld=pl.sum("reduction"),
    )
    points = lines.group_by("county").agg(table_points=pl.sum("points"))
    every = pl.DataFrame({"county": pl.int_range(size, dtype=pl.UInt32, eager=True)})
    for one in (sums, points):
        every = every.join(one, on="county", how="left", maintain_order="left")
    return every


def _required(
    out: dict[str, pl.DataFrame],
    hospitals: pl.DataFrame,
    lines: pl.DataFrame,
    items: pl.DataFrame,
    budget: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """What the county requires of tables, lines and hospitals, beside the results."""
    kinds = [(pl.col("part") == p).any().alias(f"{i}") for i, p in enumerate(PARTS)]
    tables = lines.group_by("county").agg(pl.len().alias("lines"), *kinds)
    homes = hospitals.group_by("county").agg(hospitals=pl.len())
    budget = budget.join(tables, on="county", how="left", maintain_order="left").join(
        homes, on="county", how="left", maintain_order="left"
    )
    answers = items.group_by("line").agg(items=pl.len())
    direction, threshold, target = (pl.col(c) for c in ("direction", "threshold", "target"))
    way, higher, lower = pl.col("way"), direction == HIGHER, direction == LOWER
    asked = lines.join(answers, on="line", how="left", maintain_order="left").with_columns(
        there=budget["hospitals"].gather(lines["county"])
    )
    rising, falling = higher & (threshold < target), lower & (threshold > target)
    fits = pl.when(way == 0).then(higher).when(way == 1).then(lower).otherwise(higher | lower)
    reduced, full = out["hospital"]["reduction"], pl.col("subsidy_full")
    owed = hospitals.select("county", "subsidy_full").with_columns(
        reduced, there=budget["lines"].gather(hospitals["county"]),
        items=items.group_by("at").len().sort("at")["len"],
    )  # fmt: skip
    within = (pl.col("reduction") > 0) & (pl.col("reduction") <= full)
    return {
        "item": out["item"],
        "indicator": asked.select(
            "part",
            answered_by_all=pl.col("items").fill_null(0) == pl.col("there"),
            direction_fits=pl.when(way.is_in([0, 1, 4])).then(fits.fill_null(False)),
            forward_target=pl.when(way == 0).then(target > 0),
            reverse_target=pl.when(way == 1).then(target >= 0),
            interval_ends=pl.when(way == 3).then((rising | falling).fill_null(False)),
            difference_rate=pl.when(way == 4).then((pl.col("off_per_unit") > 0).fill_null(False)),
            survey_fits=pl.lit(None, pl.Boolean),
        ),
        "hospital": out["hospital"].with_columns(
            owed.select(
                answers_all=pl.col("items") == pl.col("there"),
                reduction_fits=(full == 0) | within,
            )
        ),
        "jurisdiction": budget.select(
            "table_points",
            "subsidy_budget",
            "subsidy_paid",
            "subsidy_withheld",
            points_make_full_marks=pl.col("table_points") == 100,
            all_parts=pl.col("0") & pl.col("1") & pl.col("2"),
            subsidies_add_up=pl.col("subsidy_budget")
            == pl.col("subsidy_paid") + pl.col("subsidy_withheld"),
        ),
    }


def _lit(value: str, places: int) -> pl.Expr:
    return pl.lit(Decimal(value), dtype=pl.Decimal(38, places))
