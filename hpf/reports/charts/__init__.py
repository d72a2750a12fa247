"""Charts as SVG, the same in pages and on paper, each with its table.

    chart = waterfall(steps, lang="zh")
    chart.svg, chart.title, chart.table

Where a mark stands is geometry, and geometry is floats; every number that is printed comes from
the exact one. Up is solid, down is hatched, limits are dashed: nothing is told by colour alone.
"""

from hpf.reports.charts.bars import Bar, Month, bar, bars, heat, trend
from hpf.reports.charts.chart import COLOURS, Chart, Palette, Table
from hpf.reports.charts.lines import Axis, gauge, grades, line, radar, strip
from hpf.reports.charts.strategy_map import Node, Words, strategy_map
from hpf.reports.charts.waterfall import Step, waterfall

__all__ = [
    "COLOURS",
    "Axis",
    "Bar",
    "Chart",
    "Month",
    "Node",
    "Palette",
    "Step",
    "Table",
    "Words",
    "bar",
    "bars",
    "gauge",
    "grades",
    "heat",
    "line",
    "radar",
    "strategy_map",
    "strip",
    "trend",
    "waterfall",
]
