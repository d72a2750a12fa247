"""A command with commands of its own: `hpf cycle move`, `hpf vote cast`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from hpf_cli.group import NOTHING, LazyGroup, Speaking
from hpf_cli.speech import Words


class Verbs(LazyGroup):
    """Its commands stand in the same file, and are listed with the first line of their help."""

    def __init__(
        self, name: str, words: Words, commands: Sequence[Speaking], *, closing: Words = NOTHING
    ) -> None:
        listed = {str(c.name): _short(c.words) for c in commands}
        sections = ((Words("命令", "Commands"), listed),)
        super().__init__(name, home="", sections=sections, words=words, closing=closing)
        self.loaded = {str(c.name): c for c in commands}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self.loaded.get(cmd_name)


def _short(words: Words) -> Words:
    zh, en = words.zh.partition("\n")[0], words.en.partition("\n")[0]
    return Words(zh.partition("。")[0], en.partition(". ")[0].rstrip("."))
