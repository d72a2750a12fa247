"""A click group that speaks two languages and loads a command's file only when it is called.

Click's own words are English and chosen when a command is declared. Here help and usage errors
are put together when they are shown, in the language asked for, and nothing global is switched.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from hpf_cli.speech import LANGUAGES, Words, default_language, take_language
from hpf_cli.stops import report, usage_words
from hpf_cli.wrapping import Context

Sections = Sequence[tuple[Words, Mapping[str, Words]]]  # commands by what they are for, in order
_USAGE = Words("用法：", "Usage:")
NOTHING = Words("", "")
_HELP = Words("显示本帮助", "Show this help")


def language(context: click.Context | None = None) -> str:
    """`zh` or `en`, as asked for on the command line, or by default."""
    context = context or click.get_current_context(silent=True)
    return context.obj if context and context.obj in LANGUAGES else default_language()


class Option(click.Option):
    """An option whose help is said in the language asked for."""

    def __init__(self, *declarations: str, words: Words, **more: Any) -> None:
        super().__init__(list(declarations), **more)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        spoken = copy.copy(self)
        lang = language(ctx)
        spoken.help = self.words.say(lang)
        if self.required:
            spoken.help += Words("（必填）", " (required)").say(lang)
        return super(Option, spoken).get_help_record(ctx)

    def get_help_extra(self, ctx: click.Context) -> click.types.OptionHelpExtra:
        """Without click's English `required`: what may be left out stands in no brackets."""
        extra = super().get_help_extra(ctx)
        extra.pop("required", None)
        return extra


class Argument(click.Argument):
    """An argument whose help is said in the language asked for."""

    def __init__(self, name: str, *, words: Words, **more: Any) -> None:
        super().__init__([name], **more)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        return self.make_metavar(ctx), self.words.say(language(ctx))


class Speaking(click.Command):
    """A command whose help is said in the language asked for."""

    context_class = Context

    def __init__(self, *args: Any, words: Words, closing: Words = NOTHING, **more: Any) -> None:
        super().__init__(*args, **more)
        self.words, self.closing = words, closing

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`, with help in the language asked for."""

        def show(context: click.Context, _: click.Parameter, value: bool) -> None:
            if value and not context.resilient_parsing:
                click.echo(context.get_help(), color=context.color)
                context.exit()

        return Option(
            "--help",
            words=_HELP,
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=show,
        )

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, _USAGE.say(language(ctx)) + " ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            for line in self.words.say(language(ctx)).split("\n"):
                formatter.write_text(line)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [r for p in self.get_params(ctx) if (r := p.get_help_record(ctx)) is not None]
        title = Words("选项", "Options")
        if any(isinstance(p, click.Argument) for p in self.params):
            title = Words("参数和选项", "Arguments and options")
        with formatter.section(title.say(language(ctx))):
            formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = self.closing.say(language(ctx))
        if words:
            formatter.write_paragraph()
            for line in words.split("\n"):
                formatter.write_text(line)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [Words("[选项]", "[OPTIONS]").say(language(ctx)), *pieces[1:]]


def command(
    words: Words, *params: click.Parameter, closing: Words = NOTHING
) -> Callable[[Callable[..., Any]], Speaking]:
    """Make a command of a function; its parameters are given here, in the order of its help."""

    def make(function: Callable[..., Any]) -> Speaking:
        return Speaking(
            function.__name__.rstrip("_").replace("_", "-"),
            callback=function,
            params=list(params),
            words=words,
            closing=closing,
        )

    return make


class LazyGroup(Speaking, click.Group):
    """Commands by name with their one-line help; a module is imported when its command is run."""

    def __init__(self, name: str, *, home: str, sections: Sections, **more: Any) -> None:
        super().__init__(name, **more)
        self.home, self.sections = home, sections
        self.table = {name: words for _, part in sections for name, words in part.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        module = cmd_name.replace("-", "_")
        file = f"{module}_" if iskeyword(module) else module  # `import` is a word of Python
        found = getattr(import_module(f"{self.home}.{file}"), "command_" + module)
        assert isinstance(found, click.Command)
        return found

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lang = language(ctx)
        wide = max(map(len, self.table))  # the names of all sections stand in one column
        for title, part in self.sections:
            with formatter.section(title.say(lang)):
                formatter.write_dl([(n.ljust(wide), words.say(lang)) for n, words in part.items()])
        Speaking.format_options(self, ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        words = Words("[选项] 命令 [参数]…", "[OPTIONS] COMMAND [ARGS]...")
        return [words.say(language(ctx))]

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; every way to stop ends in words and an exit code, never in a traceback."""
        given, asked = take_language(sys.argv[1:] if args is None else args)
        lang = asked if asked in LANGUAGES else default_language()
        extra |= {"complete_var": complete_var, "windows_expand_args": windows_expand_args}
        if not standalone_mode:
            return super().main(given, prog_name, standalone_mode=False, obj=lang, **extra)
        _open_streams()
        try:
            if asked is not None and asked not in LANGUAGES:
                raise click.UsageError(f"--lang {asked}: {' | '.join(LANGUAGES)}")
            code = super().main(given, prog_name, standalone_mode=False, obj=lang, **extra)
            sys.stdout.flush()
        except BaseException as error:  # Ctrl-C and a full disk end in words too
            code = report(error, lang)
        sys.exit(code if isinstance(code, int) else 0)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            raise click.UsageError(usage_words("command", name, self.table).say(language(ctx)), ctx)
        return super().resolve_command(ctx, args)


def _open_streams() -> None:
    # a terminal that cannot show a character gets a question mark, not an exception
    for stream in (sys.stdout, sys.stderr):
        encoding = (getattr(stream, "encoding", "") or "").lower().replace("-", "")
        if encoding != "utf8" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def lang_option() -> Option:
    """`--lang`; the group takes it out of the arguments before they are read."""
    return Option(
        "--lang",
        words=Words(
            "中文或英文（也可设环境变量 HPF_LANG）", "Chinese or English (or set HPF_LANG)"
        ),
        metavar="zh|en",
        expose_value=False,
    )


def version_option() -> Option:
    """`--version`."""

    def show(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value and not context.resilient_parsing:
            from hpf import __version__

            click.echo(f"hpf {__version__}")
            context.exit()

    return Option(
        "--version",
        words=Words("显示版本", "Show the version"),
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
    )
