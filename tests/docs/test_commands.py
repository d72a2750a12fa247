"""Every `hpf` command that a page shows is one that there is, with the options it takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import click
import pytest
import yaml

from hpf.intake.mapping import parse_mapping
from hpf_cli import main
from hpf_cli.finding import installed

TOP: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    [*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md"), *(TOP / "examples").rglob("*.md")]
)
_BLOCK: Final = re.compile(r"^ *```[a-z]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_WORD: Final = re.compile(r"[a-z][a-z-]*")


def shown(text: str) -> list[str]:
    """The commands of a page, without what runs them: those of its blocks, and those in a line."""
    blocks = "".join(_BLOCK.findall(text)).replace("\\\n", " ")
    lines = [line.strip().removeprefix("$ ") for line in blocks.splitlines()]
    inline = re.findall(r"`((?:HPF_\w+=\S+ )?hpf [^`\n]+)`", _BLOCK.sub("", text))
    found = (re.match(r"(?:\S+=\S+ |sudo -u \w+ )?(?:\S*/)?hpf (.+)", x) for x in lines + inline)
    return [match[1].partition("  #")[0].partition(" # ")[0] for match in found if match]


def wrong(line: str) -> str:
    """What does not hold of a command; '' where there is such a one."""
    try:
        words = shlex.split(line)
    except ValueError:  # an apostrophe of the sentence around it
        words = line.split()
    at: click.Command = main
    context = click.Context(main)
    while isinstance(at, click.Group) and words and _WORD.fullmatch(words[0]):
        name = words.pop(0)
        below = at.get_command(context, name)
        if below is None:
            return f"no command {name!r}"
        at = below
    known = {opt for p in at.params if isinstance(p, click.Option) for opt in p.opts}
    known |= {"--help", "--version"}
    given = [word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)]
    strange = [word for word in given if word not in known]
    return f"no option {', '.join(strange)}" if strange else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(TOP)))
def test_every_command_of_a_page_is_one_that_there_is(page: Path) -> None:
    found = [(line, wrong(line)) for line in shown(page.read_text("utf-8"))]
    assert [(line, why) for line, why in found if why] == []


def test_the_pages_for_a_hospital_show_commands() -> None:
    """What is looked for is found: the pages by which a hospital works have dozens."""
    least = {"hospital.md": 9, "cycle.md": 10, "paying.md": 15, "county.md": 15, "README.md": 25}
    pages = {p.name: p for p in PAGES if p.parent in (TOP, TOP / "docs")}
    assert {
        n for n, many in least.items() if len(shown(pages[n].read_text("utf-8"))) < many
    } == set()


def test_the_mapping_that_is_shown_fits_its_scheme() -> None:
    page = (TOP / "docs" / "hospital.md").read_text("utf-8")
    shown_there = re.findall(r"^```yaml\n(name: .*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(shown_there) == 1
    parse_mapping(yaml.safe_load(shown_there[0]), installed(), "hospital.md")


@pytest.mark.parametrize("line", ["paye list X", "pay lists X", "init --plugins township"])
def test_a_command_that_is_not_there_is_found(line: str) -> None:
    assert wrong(line)
