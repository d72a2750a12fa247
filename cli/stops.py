"""Every way a command can end early, in words, with its exit code; never a traceback for them.

Exit codes: 1 a check that is not clean, or an output that cannot be written; 2 facts, parameters
or arguments that do not hold; 130 interrupted.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.core.errors import Problem

NOT_CLEAN, NOT_WRITTEN, DO_NOT_HOLD, INTERRUPTED = 1, 1, 2, 130
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def report(error: BaseException, lang: str) -> int:
    """Say on stderr why the command stopped, and return its exit code.

    Raises `error` again when it is none that a user could have caused: that is a defect.
    """
    from hpf.core.errors import HpfError

    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 1
    if isinstance(error, click.UsageError):
        _usage(error, lang)
        return DO_NOT_HOLD
    if isinstance(error, click.Abort | KeyboardInterrupt):
        _say(
            "\n"
            + Words("已中断：没有写出任何文件。", "Interrupted: nothing was written.").say(lang)
        )
        return INTERRUPTED
    if isinstance(error, HpfError):
        show_problems(error.problems, lang)
        return DO_NOT_HOLD
    if isinstance(error, BrokenPipeError):
        close_quietly()
        return 1
    if isinstance(error, OSError) and error.strerror:
        _say(_refused(error).say(lang))
        return NOT_WRITTEN
    raise error


def close_quietly() -> None:
    """Whoever read our output has gone: let nothing complain about it while Python ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(line: str) -> None:
    click.echo(line, err=True)


def _refused(error: OSError) -> Words:
    name = error.filename or ""
    where = f" {name}" if name else ""
    if error.errno in _FULL:
        return Words(
            "磁盘已满（或超出配额），文件没有写出；原有文件未动。请腾出空间后重试。",
            "The disk is full (or over quota): no file was written, and those that were there are "
            "untouched. Make room and try again.",
        )
    reasons = {
        errno.EACCES: Words("没有权限", "permission denied"),
        errno.EPERM: Words("不允许", "not permitted"),
        errno.EROFS: Words("磁盘只读", "the disk is read-only"),
        errno.ENOENT: Words("文件夹或文件不存在", "there is no such folder or file"),
        errno.ENOTDIR: Words("路径中有一段不是文件夹", "a part of the path is no folder"),
        errno.EISDIR: Words("这是文件夹，不是文件", "it is a folder, not a file"),
        errno.ENAMETOOLONG: Words("文件名太长", "the name is too long"),
    }
    english = error.strerror or ""
    reason = reasons.get(error.errno or 0, Words(english, english))
    return Words(
        f"无法读写{where}：{reason.zh}。没有写出任何文件。",
        f"Cannot read or write{where}: {reason.en}. Nothing was written.",
    )


def usage_words(what: str, given: str, known: Iterable[str]) -> Words:
    """An unknown command or option, with the nearest one."""
    from hpf.core.errors import did_you_mean

    kind = {"command": Words("命令", "command"), "option": Words("选项", "option")}[what]
    near = did_you_mean(given, list(known))
    return Words(f"没有{kind.zh} {given}。{near.zh}", f"There is no {kind.en} {given}. {near.en}")


def _usage(error: click.UsageError, lang: str) -> None:
    context = error.ctx
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        _say(error.format_message())
        return
    if context is not None:
        _say(context.get_usage())
    _say(Words("错误：", "Error: ").say(lang) + _reason(error).say(lang))
    if context is not None:
        path = f"{context.command_path} --help"
        _say(Words(f"用法说明：{path}", f"How to use it: {path}").say(lang))


def _reason(error: click.UsageError) -> Words:
    """Click's English sentence, or the Chinese one for the mistakes that people make."""
    english = error.format_message()
    parameter = getattr(error, "param", None)
    if isinstance(error, click.MissingParameter) and parameter is not None:
        option = isinstance(parameter, click.Option)
        name = parameter.opts[-1] if option else parameter.make_metavar(error.ctx)
        kind = Words("选项", "option") if option else Words("参数", "argument")
        return Words(f"缺少{kind.zh} {name}", f"{kind.en} {name} is missing")
    if isinstance(error, click.NoSuchOption):
        context = error.ctx
        known = [o for p in context.command.get_params(context) for o in p.opts] if context else []
        return usage_words("option", error.option_name, [o for o in known if o.startswith("--")])
    if isinstance(error, click.BadOptionUsage):
        return Words(f"选项 {error.option_name} 用法不对（是否漏写了它的值？）", english)
    if type(error) is click.UsageError and english.startswith("Got unexpected extra"):
        extra = english[english.find("(") : english.rfind(")") + 1]
        return Words(f"多余的参数 {extra}", f"unexpected arguments {extra}")
    return Words(english, english)


def problem(
    code: str, zh: str, en: str, cure: Sequence[str] = ("", ""), place: str = ""
) -> Exception:
    """One mistake of whoever gave the command, ready to be raised (exit code 2)."""
    from hpf.core.errors import HpfError, Problem, Text

    cure_zh, cure_en = cure
    return HpfError([Problem(f"cli.{code}", Text(zh, en), Text(cure_zh, cure_en), place)])


def show_problems(problems: Sequence[Problem], lang: str) -> None:
    """Every problem with place, reason and cure; then how many, and that nothing was written."""
    stopping = [p for p in problems if p.severity == "problem"]
    notices = [p for p in problems if p.severity != "problem"]
    width = len(str(len(stopping)))
    for number, one in enumerate(stopping, 1):
        _one(one, f"{number:>{width}}. " if len(stopping) > 1 else "", lang)
    if notices:
        show_notices(notices, lang)
    if any(not p.code.startswith("cli.") for p in stopping):
        count = len(stopping)
        parts = _by_part(stopping)
        _say(
            Words(
                f"\n共 {count} 个问题{parts}。没有写出任何文件。",
                f"\n{count} problem{'s' * (count > 1)}{parts}. Nothing was written.",
            ).say(lang)
        )


def _by_part(problems: Sequence[Problem]) -> str:
    counts: dict[str, int] = {}
    for p in problems:
        if p.entity:
            counts[p.entity] = counts.get(p.entity, 0) + 1
    return f" ({', '.join(f'{k} {n}' for k, n in counts.items())})" if len(counts) > 1 else ""


def _one(one: Problem, head: str, lang: str) -> None:
    row = f"{one.entity}:{one.id}" if one.id else ""
    where = "  ".join(x for x in (one.place, row, one.name) if x)
    pad = " " * len(head)
    reason, cure = one.message.say(lang), one.cure.say(lang)
    if where:
        _say(head + click.style(where, bold=True))
        _say(pad + click.style(reason, fg="red"))
    else:
        _say(head + click.style(reason, fg="red"))
    for line in cure.splitlines():
        _say(f"{pad}→ {line}")


def show_notices(notices: Sequence[Problem], lang: str, most: int = 12) -> None:
    """What was accepted, told and counted: nothing is guessed in silence."""
    if not notices:
        return
    shown: Mapping[str, list[Problem]] = _grouped(notices)
    _say(
        Words(f"提示 {len(notices)} 条：", f"{len(notices)} notice{'s' * (len(notices) > 1)}:").say(
            lang
        )
    )
    left = 0
    for group in shown.values():
        for one in group[:most]:
            where = "  ".join(x for x in (one.place, one.id and f"{one.entity}:{one.id}") if x)
            line = "  ".join(x for x in (where, one.message.say(lang)) if x)
            _say(click.style(f"  · {line}", dim=True))
            if one.code.startswith("requirement."):
                _say(click.style(f"    → {one.cure.say(lang)}", dim=True))
        left += max(0, len(group) - most)
    if left:
        _say(
            click.style(
                Words(f"  · 另有 {left} 条同类", f"  · {left} more alike").say(lang), dim=True
            )
        )


def _grouped(notices: Sequence[Problem]) -> dict[str, list[Problem]]:
    groups: dict[str, list[Problem]] = {}
    for one in notices:
        groups.setdefault(one.code, []).append(one)
    return groups
