"""Passphrases: from the environment or typed unseen, never on the command line."""

from __future__ import annotations

import os
import sys

import click

from hpf_cli.group import language
from hpf_cli.speech import Words
from hpf_cli.stops import problem

VARIABLE = "HPF_PASSPHRASE"


def passphrase(*, new: bool) -> str:
    """HPF_PASSPHRASE, or what somebody types; twice where it is new."""
    given = os.environ.get(VARIABLE)
    if given:
        return given
    if not sys.stdin.isatty():
        raise problem(
            "passphrase",
            "没有口令",
            "there is no passphrase",
            (f"请设环境变量 {VARIABLE}", f"Set the environment variable {VARIABLE}"),
        )
    lang = language()
    again = Words("再输一次", "Once more").say(lang)
    typed = click.prompt(
        Words("口令", "Passphrase").say(lang),
        hide_input=True,
        confirmation_prompt=again if new else False,
    )
    return str(typed)
