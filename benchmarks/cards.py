"""Cards: the press against WeasyPrint used the plain way, on one and the same tagged card.

The card has 25 rows, one chart, and is Chinese. The plain way makes document, style sheet and
font configuration anew for each card; both draw with the same two font files. Times are processor
seconds of one process; the line of two processes compares what they finish in the same time.
"""

from __future__ import annotations

import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.sizes import Sizes
from benchmarks.table import Line, megabytes, seconds

ROWS = 25
THROUGHPUT = 2.0  # times the plain way's
TWO = 1.8  # times one process's
MOST = 200e6  # bytes of a worker
FIRST = 3.0  # seconds to the first card, the font cut for it
GROWTH = 5e6  # bytes from the first tenth of the cards to the last that count as flat
ITEMS = (
    "门诊工作量绩效", "住院工作量绩效", "手术分级绩效", "护理级别绩效", "夜班补贴", "管床天数绩效",
    "成本控制奖", "质量考核奖", "病历质控扣发", "抗菌药物超标扣发", "医保拒付分担", "满意度奖",
    "教学带教绩效", "科研绩效", "新技术项目奖", "急会诊绩效", "抢救绩效", "健康体检绩效",
    "中医适宜技术绩效", "下乡支农补贴", "院感防控奖", "门诊延时补贴", "值班补贴", "节假日补贴",
    "安全生产奖",
)  # fmt: skip


def lines(sizes: Sizes) -> list[Line]:
    """Throughput, two processes, memory, the first card."""
    turns = "3" if not sizes.judged else str(10 * sizes.repeats)
    with tempfile.TemporaryDirectory() as folder:  # the font is cut once for the three
        pace = measure.in_child("cards", "pace", folder, turns)
        both = measure.in_child("cards", "both", folder, turns)
        room = measure.in_child("cards", "room", folder, str(sizes.cards))
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        first = measure.in_child("cards", "first", folder)
        whole = time.perf_counter() - start
    faster = pace["plain"] / pace["press"]
    more = both["two"] / both["one"]
    grown = room["last"] - room["early"]
    return [
        Line(f"a tagged card of {ROWS} rows, one chart; ratio: throughput, of the plain way's",
             seconds(pace["press"]), seconds(pace["plain"]), faster,
             f">= {THROUGHPUT:.2f}", faster >= THROUGHPUT),
        Line("two processes, and one: cards a second", f"{both['two']:.1f}", f"{both['one']:.1f}",
             more, f">= {TWO:.2f}", more >= TWO),
        Line(f"memory of a worker, the most over {sizes.cards:,} cards", megabytes(room["most"]),
             target=f"<= {megabytes(MOST)}", met=room["most"] <= MOST),
        Line("  growth from the first tenth of them to the last", megabytes(grown),
             target=f"<= {megabytes(GROWTH)}", met=grown <= GROWTH),
        Line("first card, its font cut, nothing in the cache: from the process's start",
             seconds(whole), seconds(first["seconds"]) + " of processor time",
             target=f"< {FIRST:.2f} s", met=whole < FIRST),
    ]  # fmt: skip


def measured(what: str, folder: str, count: str = "0") -> dict[str, float]:
    """One measurement, in the process it is called in (`benchmarks.child`)."""
    task = {"pace": _pace, "both": _both, "room": _room, "first": _first}[what]
    return task(Path(folder), int(count))


def card(number: int) -> Any:
    """The same card with another person's figures on it, as a Paper."""
    from hpf.reports.charts import line
    from hpf.reports.press import Paper

    chance = random.Random(number)  # the same figures each time
    amounts = [Decimal(chance.randrange(100, 90_000)) / 100 for _ in range(ROWS)]
    rows = "".join(
        f'<tr><th scope="row">{ITEMS[i % len(ITEMS)]}</th><td class="how">{_how(chance)}</td>'
        f'<td class="clause">S{i % 9 + 1}.{i % 4 + 1}</td><td class="n">{a:,.2f}</td></tr>'
        for i, a in enumerate(amounts)
    )
    months = [f"{m}月" for m in range(4, 10)]
    own, mean = ([Decimal(chance.randrange(300_000, 900_000)) / 100 for _ in months] for _ in "ab")
    title = f"近 6 期，本期 {own[-1]:,.2f}"
    chart = line(months, own, mean, lang="zh", title=title, labels=("本人", "科室平均"))
    name = "王李张刘陈杨黄赵吴周"[number % 10] + "某" + "甲乙丙丁戊己庚辛壬癸"[number // 10 % 10]
    html = _PAGE.format(
        name=name, id=f"A{number:04}", rows=rows, total=f"{sum(amounts):,.2f}", title=title
    )
    return Paper(html, {"line": chart.svg})


def _how(chance: random.Random) -> str:
    price, share = Decimal(chance.randrange(10, 9_000)) / 100, chance.randrange(1_000, 9_999)
    return f"{chance.randrange(1, 400)} × {price} × 1.{share}（取整到分）"


_COLUMNS = "".join(f'<col style="width:{w}"/>' for w in ("34mm", "auto", "22mm", "22mm"))
_PAGE = (
    '<html lang="zh-CN"><head><title>个人绩效单 2026-09 {name}</title></head><body>'
    '<div class="furniture"><span class="foot">合成示例数据</span>'
    '<span class="page-word">第</span><span class="of-word">页，共</span>'
    '<span class="end-word">页</span></div><main>'
    '<header class="head"><p class="org">某县人民医院</p><h1>个人绩效单</h1>'
    '<p class="period">2026 年 9 月</p><div class="keys"><table><tbody>'
    '<tr><th scope="row">工号</th><td>{id}</td></tr><tr><th scope="row">姓名</th><td>{name}</td>'
    '</tr><tr><th scope="row">科室</th><td>内科</td></tr></tbody></table></div></header>'
    '<section class="top"><p class="label">本期实发（元）</p><p class="total">{total}</p></section>'
    '<section class="rail"><h2>怎么算的</h2><table class="rows dense"><colgroup>'
    f"{_COLUMNS}</colgroup><thead><tr>"
    '<th scope="col">项目</th><th scope="col">算法（您本期的数）</th><th scope="col">条款</th>'
    '<th scope="col" class="n">金额（元）</th></tr></thead><tbody>{rows}<tr class="grand">'
    '<th scope="row">实发合计</th><td class="how"></td><td></td><td class="n">{total}</td></tr>'
    '</tbody></table></section><section class="rail"><h2>近几个月</h2>'
    '<img src="picture:line" alt="{title}" style="width:66mm"/></section>'
    '<section class="rail"><h2>有疑问？</h2><p class="note">到绩效办当面核对，每个数都能追到条款和'
    "来源表格</p></section></main></body></html>"
)


def _ready(folder: Path, count: int) -> tuple[list[Any], Any, str]:
    """Cards, the font cut to them, the style sheet."""
    from hpf.reports import fonts, page

    cards = [card(i) for i in range(count)]
    texts = [text for c in cards for text in (c.html, *c.pictures.values())]
    return cards, fonts.cut(texts, folder), page.style()


def plain_way(cards: list[Any], cut: Any, style: str) -> Callable[[int], bytes]:
    """A card as WeasyPrint's manual shows it: everything anew."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from hpf.reports.fonts import FAMILY
    from hpf.reports.press import pictures_of

    sheet = cut.css() + f'html{{font-family:"{FAMILY}",sans-serif}}' + style

    def draw(number: int) -> bytes:
        paper = cards[number % len(cards)]
        fonts = FontConfiguration()
        html = HTML(string=paper.html, base_url="page:", url_fetcher=pictures_of(paper))
        pdf = html.write_pdf(
            stylesheets=[CSS(string=sheet, font_config=fonts)], font_config=fonts,
            pdf_tags=True, pdf_variant="pdf/ua-1",
        )  # fmt: skip
        return bytes(pdf)

    return draw


def _pace(folder: Path, turns: int) -> dict[str, float]:
    """Median processor seconds a card, the two ways in turn."""
    from hpf.reports.press import Press, settle

    cards, cut, style = _ready(folder, 40)
    press = Press(cut, style)
    plain = plain_way(cards, cut, style)
    for number in range(3):  # not counted: loading, caches
        plain(number)
        press.pdf(cards[number])
    settle()
    took: dict[str, list[float]] = {"plain": [], "press": []}
    for turn in range(turns):
        gc.enable()  # the plain way knows nothing of collectors
        start = time.process_time()
        plain(turn)
        took["plain"].append(time.process_time() - start)
        gc.collect()
        gc.disable()
        start = time.process_time()
        press.pdf(cards[turn % len(cards)])
        gc.collect()  # a fifth of this in a worker, which collects after every fifth card
        took["press"].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in took.items()}


def _both(folder: Path, turns: int) -> dict[str, float]:
    """Cards a second of one process and of two, the best of rounds in turn; both have begun before.

    The best, since two processes need two cores for themselves: other work on the machine takes
    from two what it does not take from one.
    """
    from hpf.reports.pool import Pool
    from hpf.reports.workers import Sheet, Task, packed

    cards, cut, style = _ready(folder, 40)
    some = cards[: min(20, 2 * turns)]
    sheets = [Sheet(i, folder / f"{i}.pdf", packed(c)) for i, c in enumerate(some)]
    chunks = [tuple(sheets[i : i + 5]) for i in range(0, len(sheets), 5)]
    tasks = [Task(chunk, cut, style, folder / "stop") for chunk in chunks]
    best = {"one": 0.0, "two": 0.0}
    with Pool(1) as one, Pool(2) as two:
        for turn in range(1 + max(1, turns // 3)):
            for name, pool in (("one", one), ("two", two)):
                start = time.perf_counter()
                drawn = sum(len(found) for found in pool.draw(tasks, lambda: False))
                if turn:
                    best[name] = max(best[name], drawn / (time.perf_counter() - start))
    return best


def _room(folder: Path, count: int) -> dict[str, float]:
    """Bytes that a worker holds: after a tenth of the cards, at the end, the most ever."""
    from benchmarks.child import held, peak
    from hpf.reports.press import Press, settle

    cards, cut, style = _ready(folder, 40)
    press = Press(cut, style)
    settle()
    early = 0
    for number in range(count):
        press.pdf(cards[number % len(cards)])
        if number + 1 == count // 10:
            early = held()
    return {"early": early, "last": held(), "most": peak()}


def _first(folder: Path, _: int) -> dict[str, float]:
    """Processor seconds of a process that draws one card and ends."""
    from hpf.reports.press import Press

    cards, cut, style = _ready(folder, 1)
    assert Press(cut, style).pdf(cards[0])
    return {"seconds": time.process_time()}
