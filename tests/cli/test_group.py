"""Help, languages, usage errors, and that help loads next to nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import click
import pytest
from click.testing import Result

from hpf_cli import COMMANDS, SECTIONS, main
from hpf_cli.speech import default_language, take_language
from hpf_cli.wrapping import columns, folded

Call = Callable[..., Result]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_lists_every_command_in_the_language_asked_for(hpf: Call, lang: str) -> None:
    result = hpf("--help", lang=lang)
    assert result.exit_code == 0
    for name, words in COMMANDS.items():
        assert name in result.stdout
        assert words.say(lang) in result.stdout
    assert ("用法：" in result.stdout) == (lang == "zh")
    assert ("Usage:" in result.stdout) == (lang == "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_groups_commands_by_what_they_are_for(hpf: Call, lang: str) -> None:
    """Each command once, under its heading, in the order of the table."""
    shown = hpf("--help", lang=lang).stdout.splitlines()
    expected = [x for title, part in SECTIONS for x in (f"{title.say(lang)}:", *part)]
    known = set(expected)
    assert [x for line in shown if (x := _first(line)) in known] == expected
    assert len(COMMANDS) == sum(len(part) for _, part in SECTIONS)


def _first(line: str) -> str:
    """A heading as it stands, or the command that a line begins with."""
    return line if not line.startswith(" ") else line.split()[0]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_command_explains_itself(hpf: Call, name: str, lang: str) -> None:
    result = hpf(name, "--help", lang=lang)
    assert result.exit_code == 0
    command = main.get_command(click.Context(main), name)
    assert command is not None
    for parameter in command.params:
        assert max((*parameter.opts, ""), key=len) in result.stdout.lower().replace("|", " ") or (
            isinstance(parameter, click.Argument)
        )
    # keys of a table are the document's own words in either language: role_weight[护士]
    said = re.sub(r"\w+\[\w+\]", "", result.stdout)
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in said)
    assert chinese == (lang == "zh"), result.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_line_of_any_help_is_wider_than_a_terminal(hpf: Call, lang: str) -> None:
    """80 columns, of which a Chinese character takes two; commands of commands as well."""
    context = click.Context(main)
    asked = [[name] for name in COMMANDS]
    for name in COMMANDS:
        below = main.get_command(context, name)
        if isinstance(below, click.Group):
            asked += [[name, verb] for verb in below.list_commands(context)]
    assert len(asked) > 100
    for words in asked:
        said = hpf(*words, "--help", lang=lang).stdout.splitlines()
        assert [line for line in said if columns(line) > 80] == [], words
        strays = [line for line in said if line.strip()[:1] and line.strip()[0] in "，。；、）"]
        assert strays == [], words


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("每个数都能追溯", 8, ["每个数都", "能追溯"]),
        ("每个数，都能追溯", 6, ["每个", "数，都", "能追溯"]),
        ("见 hpf calculate（补算）", 10, ["见 hpf", "calculate", "（补算）"]),
        ("as one word", 3, ["as", "one", "word"]),
        ("averylongword", 5, ["averylongword"]),
        ("", 5, []),
    ],
)
def test_text_is_folded_by_columns_and_by_the_rules_of_chinese(
    text: str, width: int, lines: list[str]
) -> None:
    assert folded(text, width) == lines


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys; from hpf_cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'polars', 'yaml', 'rich', 'xlsxwriter', 'pluggy', 'hpf.core.schemes', 'json'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "demo" in done.stdout
    assert done.stderr.strip() == "[]"


def test_version(hpf: Call) -> None:
    from hpf import __version__

    assert hpf("--version").stdout == f"hpf {__version__}\n"


def test_called_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hpf_cli", "--lang", "en", "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("hpf ")


@pytest.mark.parametrize(
    ("args", "zh", "en"),
    [
        (["rnu"], "没有命令 rnu。是否想写 run？", "There is no command rnu. Did you mean run?"),
        (["run", "x", "--peroid", "1"], "没有选项 --peroid。是否想写 --period？",
         "There is no option --peroid. Did you mean --period?"),
        (["run"], "缺少参数 SCHEME", "argument SCHEME is missing"),
        (["run", "x"], "缺少选项 --period", "option --period is missing"),
        (["check", "a", "b"], "多余的参数 (b)", "unexpected arguments (b)"),
        (["run", "x", "--period"], "选项 --period 用法不对", "--period"),
    ],
)  # fmt: skip
def test_usage_errors_say_what_to_write(hpf: Call, args: list[str], zh: str, en: str) -> None:
    for lang, words in (("zh", zh), ("en", en)):
        result = hpf(*args, lang=lang)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert words in result.stderr
        assert "Traceback" not in result.stderr


def test_lang_may_stand_anywhere(hpf: Call) -> None:
    for args in (
        ["--lang", "en", "schemes"],
        ["schemes", "--lang=en"],
        ["schemes", "--lang", "en"],
    ):
        result = hpf(*args, lang="zh")
        assert result.exit_code == 0
        assert "Cardiology doctors" in result.stdout
        assert "心血管" not in result.stdout


def test_an_unknown_language_is_refused(hpf: Call) -> None:
    result = hpf("--lang", "fr", "schemes")
    assert result.exit_code == 2
    assert "zh | en" in result.stderr


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB"}, "en"),
        ({"HPF_LANG": "en", "LANG": "zh_CN"}, "en"),
        ({"HPF_LANG": "zh_CN", "LANG": "en_US"}, "zh"),
    ],
)
def test_the_language_by_default(environment: dict[str, str], lang: str) -> None:
    assert default_language(environment) == lang


def test_what_follows_two_dashes_is_left_alone() -> None:
    assert take_language(["a", "--lang", "en", "--", "--lang", "x"]) == (
        ["a", "--", "--lang", "x"], "en",
    )  # fmt: skip
    assert take_language(["a"]) == (["a"], None)
