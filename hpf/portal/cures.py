"""What to do, as the portal says it: where a cure names a command, the page that does the same.

    worded("请先计算并封存：hpf calculate")      # … “计算”, a link for whoever may open that page

Cures are written once, for the command line and for the browser. A command that no page replaces is
the IT desk's, on the server, and its deed is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import current_app, url_for
from markupsafe import Markup, escape

from hpf.core.errors import Problem, Text
from hpf.portal.access import needed, opens, viewer
from hpf.portal.language import language


@dataclass(frozen=True, slots=True)
class Way:
    """Where a command's deed is done. endpoint: of its page, '' for the IT desk's; words: how many
    words without dashes follow the command; anchor: the place on the page."""

    names: Text
    endpoint: str = ""
    words: int = 0
    anchor: str = ""


def _it(zh: str, en: str, words: int = 0) -> Way:
    return Way(Text(f"{zh}（信息科在服务器上办）", f"{en} (IT, on the server)"), "", words)


_CALCULATE = Text("计算", "Calculate")
_APPEALS = Text("申诉", "Appeals")
_PAY = Text("兑现", "Pay")
_SHARING = Way(Text("计划 › 二次分配", "Plan › Sharing out"), "allocate.index", 1)
_HELD = Text("计算 › 暂缓与更正", "Calculate › Held and corrected")
_TASKS = Text("我的任务 › 登记材料", "My tasks › Put on file")
WAYS: Mapping[str, Way] = {
    "allocate decide": _SHARING,
    "allocate default": _SHARING,
    "allocate propose": Way(Text("本科室", "My department"), "department.index", 1),
    "allocate write": _SHARING,
    "appeal assign": Way(Text("申诉 › 指定复核人", "Appeals › Name reviewers"), "appeals.index", 1),
    "appeal decide": Way(_APPEALS, "appeals.index", 1),
    "appeal effect": Way(
        Text("申诉 › 登记更正", "Appeals › Record the correction"), "appeals.index", 1
    ),
    "appeal list": Way(_APPEALS, "appeals.index"),
    "assess close": Way(
        Text("医院考核 › 汇总评分", "Assessment › Close the marks"), "county.index", 0, "next"
    ),
    "assess open": Way(Text("医院考核 › 建立考核", "Assessment › Open"), "county.opening", 2),
    "assess revise": Way(
        Text("医院考核 › 指标表新版", "Assessment › New version of the table"), "county.revision"
    ),
    "assess speaks": Way(
        Text("医院考核 › 专家库", "Assessment › Pool"), "county.pool", 2, "speaks"
    ),
    "assess visit": Way(Text("医院考核 › 登记检查", "Assessment › Enter visits"), "county.visits"),
    "audit head": _it("签署操作记录", "sign the audit trail"),
    "audit verify": _it("核对操作记录", "check the audit trail"),
    "backup": Way(Text("维护 › 现在备份", "Upkeep › Back up now"), "upkeep.index"),
    "calculate": Way(_CALCULATE, "calculate.index", 1),
    "configure": Way(Text("计划 › 参数", "Plan › Parameters"), "plan.parameters"),
    "cycle file": Way(_TASKS, "tasks.index", 1, "files"),
    "cycle move": Way(Text("审核 › 下一步", "Review › Next moves"), "review.index", 1),
    "cycle plan": Way(
        Text("计划 › 排定本期流程", "Plan › Plan the period"), "plan.index", 1, "cycle"
    ),
    "cycle settle": Way(Text("计划 › 流程设置", "Plan › Settings"), "settings.index", 1),
    "cycle show": Way(Text("审核", "Review"), "review.index"),
    "doctor": Way(Text("维护 › 全面检查", "Upkeep › Check everything"), "upkeep.check"),
    "draw experts": Way(Text("医院考核 › 专家库", "Assessment › Pool"), "county.pool"),
    "hold add": Way(_HELD, "held.index", 0),
    "hold approve": Way(_HELD, "held.index", 1),
    "import": Way(Text("采集", "Collect"), "collect.index", 2),
    "init": _it("建立医院的文件夹", "make the hospital's folder"),
    "ledger close": Way(Text("记分 › 结清", "Book points › Close"), "ledger.index", 1),
    "ledger list": Way(Text("记分", "Book points"), "ledger.index"),
    "ledger open": Way(Text("记分 › 打开", "Book points › Open"), "ledger.index", 1),
    "map": _it("列出对照表", "list the mappings"),
    "new-plugin": _it("新建插件", "make a plugin"),
    "notes consent": Way(
        Text("记分 › 登记同意", "Book points › Record an agreement"), "ledger.index"
    ),
    "pay accounts": Way(Text("银行账号", "Bank accounts"), "bank.index", 1),
    "pay ceiling": Way(Text("计划 › 核定总量", "Plan › Ceilings"), "settings.index", 0, "ceilings"),
    "pay list": Way(_PAY, "pay.index"),
    "pay make": Way(Text("兑现 › 生成批次", "Pay › Make a batch"), "pay.index", 1),
    "pay reissue": Way(Text("兑现 › 补发", "Pay › Pay again"), "pay.index"),
    "publish feedback": Way(Text("公示 › 登记反馈", "Publish › Told"), "publicity.index"),
    "publish post": Way(Text("公示 › 登记公示", "Publish › Posted"), "publicity.index"),
    "register": Way(Text("管理 › 上传名册", "Administration › Upload the register"),
                    "register.index", 1),
    "release": Way(_HELD, "held.index", 2),
    "restore": _it("恢复备份", "restore a backup"),
    "run": _it("重新计算到文件", "calculate into a file"),
    "runs": Way(Text("计算", "Calculate"), "calculate.index"),
    "schemes": Way(Text("方案手册", "Handbook"), "handbook.index"),
    "upgrade": _it("升级数据库", "upgrade the database"),
    "user add": Way(Text("账号窗口", "The counter"), "counter.index"),
    "user roles": Way(Text("账号与角色", "Accounts and roles"), "users.index_view", 1),
    "verify-run": _it("重算核对", "recompute and compare", 1),
    "vote close": Way(Text("审核 › 表决", "Review › Votes"), "review.index", 1),
    "vote list": Way(Text("审核 › 表决", "Review › Votes"), "review.index"),
    "vote open": Way(Text("审核 › 表决", "Review › Votes"), "review.index"),
    "vote seat": Way(Text("审核 › 考核组织", "Review › Committees"), "review.index"),
}  # fmt: skip
OPTIONS: Mapping[str, Text] = {
    "--cash": Text("“现金”", "'cash'"),
    "--no-cycle": Text("“本期不走流程”", "'the period has no cycle'"),
    "--for": Text("关于谁", "about whom"),
    "--reason": Text("理由", "the reason"),
    "--role": Text("身份", "the role"),
    "--reviewer": Text("复核人", "the reviewers"),
    "--run": Text("第几次计算", "the run"),
    "--period": Text("期间", "the period"),
    "TEXT": Text("内容", "the text"),
}
AT: Mapping[str, tuple[str, str]] = {  # a problem's code: where it is dealt with, beyond its cure
    "cycle.framework": ("tasks.index", "files"),
    "cycle.task_open": ("tasks.index", ""),
    "cycle.setting": ("settings.index", ""),
    "cycle.facts": ("collect.index", ""),
    "cycle.run": ("calculate.index", ""),
    "cycle.run_problems": ("calculate.index", ""),
    "cycle.resolution": ("review.index", "votes"),
    "cycle.quorum": ("review.index", "votes"),
    "cycle.ceiling": ("settings.index", "ceilings"),
    "cycle.not_posted": ("publicity.index", ""),
    "cycle.changed": ("publicity.index", ""),
    "cycle.informed": ("publicity.index", ""),
    "cycle.open_appeal": ("appeals.index", ""),
    "cycle.effect": ("appeals.index", ""),
    "cycle.reviewers": ("appeals.index", ""),
    "cycle.differences": ("pay.index", ""),
}
_VERBS = "|".join(sorted(map(re.escape, WAYS), key=len, reverse=True))
_END = r"[^\s，。；、：（）“”(),;:]"
_COMMAND = re.compile(rf" ?\bhpf (?:(?P<known>{_VERBS})\b|(?P<other>[a-z][a-z-]*))")
_BARE = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, OPTIONS)) + r")(?![\w-])")
_FLAGS = frozenset({"--cash", "--json", "--all", "--no-cycle", "--out", "--list"})
_LATER = ("--pay-in", "--release-of")  # of `calculate`: a correction, a release
_OTHER = Way(Text("这一步由信息科在服务器上办", "the IT desk does this on the server"))


def parts(text: str) -> Iterator[str | Way]:
    """A sentence as plain text and, in the place of each command with its arguments, its way."""
    done = 0
    for found in _COMMAND.finditer(text):
        if found.start() < done:
            continue
        yield text[done : found.start()]
        way = WAYS.get(found["known"] or "", _OTHER)
        done = _past(text, found.end(), way.words)
        later = any(option in text[found.end() : done] for option in _LATER)
        yield Way(_HELD, "held.index") if later else way
    yield text[done:]


def _past(text: str, at: int, words: int) -> int:
    """Where a command's arguments end: so many words, and options with their values."""
    while word := re.compile(rf" ({_END}+(?::{_END}+)*)").match(text, at):
        said = word[1]
        if said.startswith("--"):
            at = word.end()
            value = re.compile(rf" {_END}+").match(text, at)
            if said not in _FLAGS and value:
                at = value.end()
        elif words and (said.isascii() or _placeholder(said)):
            words, at = words - 1, word.end()
        else:
            break
    return at


def _placeholder(said: str) -> bool:
    """Whether a Chinese word stands for an argument."""
    return said in ("工作簿", "周期", "编号", "角色", "…") or "=" in said


def plain(text: str, lang: str) -> str:
    """The sentence without commands, as plain text."""
    return "".join(_options(x, lang) if isinstance(x, str) else _quoted(x, lang)
                   for x in parts(text)).strip()  # fmt: skip


def worded(text: str, lang: str | None = None) -> Markup:
    """The sentence as a page shows it, with links to pages that the viewer may open."""
    spoken = lang or language()
    made = Markup()
    for part in parts(text):
        if isinstance(part, str):
            made += escape(_options(part, spoken))
            continue
        href = _href(part.endpoint, part.anchor)
        said = part.names.say(spoken)
        gap = "" if spoken == "zh" or not made or str(made).endswith((" ", "(")) else " "
        shut = _quoted(part, spoken).lstrip()  # the gap is there already
        link = Markup('<a href="{}">{}</a>').format(href, said) if href else shut
        made += Markup(gap) + link
    return made


def cure(problem: Problem) -> Markup:
    """A problem's cure, in the page's language."""
    return worded(_upfirst(problem.cure.say(language())))


def told(problem: Problem) -> Markup:
    """What is wrong, in the page's language."""
    return worded(_upfirst(problem.message.say(language())))


def _upfirst(text: str) -> str:
    """As a sentence begins; a command keeps its letters."""
    return text if text.startswith("hpf ") else text[:1].upper() + text[1:]


def way_to(problem: Problem) -> str:
    """The page on which a problem is dealt with; '' where there is none for this viewer."""
    endpoint, anchor = AT.get(problem.code, ("", ""))
    return _href(endpoint, anchor)


def _quoted(way: Way, lang: str) -> str:
    said = way.names.say(lang)
    return f"“{said}”" if lang == "zh" else f" {said}"


def _options(text: str, lang: str) -> str:
    return _BARE.sub(lambda found: OPTIONS[found[1]].say(lang), text)


def _href(endpoint: str, anchor: str) -> str:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if endpoint not in app.view_functions or not opens(needed(app, endpoint), viewer()):
        return ""
    return str(url_for(endpoint, _anchor=anchor or None))
