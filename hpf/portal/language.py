"""The language of a page: asked for in this session, else the account's, else the hospital's."""

from __future__ import annotations

from flask import Flask, g, has_request_context, session
from flask_babel import Babel

from hpf.core.errors import Text
from hpf.portal.database import desk
from hpf.storage.home import LANGUAGES

LOCALES = {"zh": "zh_Hans_CN", "en": "en"}  # with `zh` alone the libraries stay English


def install(app: Flask) -> None:
    """Babel speaks only where a library does; all other words stand beside their use."""
    Babel(app, locale_selector=lambda: LOCALES[language()], default_timezone="Asia/Shanghai")


def language() -> str:
    """`zh` or `en`."""
    if not has_request_context():
        return "zh"
    asked = session.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    who = g.get("hpf_viewer")
    found: str = who.language if who is not None else desk().settings.home.language
    return found


def say(text: Text | tuple[str, str]) -> str:
    """A pair of wordings in the language of the page."""
    return Text(*text).say(language())
