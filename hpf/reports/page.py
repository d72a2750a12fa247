"""From a model to a page: the template's environment, and what stands in every page's margins."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment

from hpf.core.errors import Text
from hpf.reports.press import Paper
from hpf.reports.templating import environment

# the sheet puts spaces around numbers: quoted strings lose theirs at the ends
_PAGE = (Text("第", "Page"), Text("页，共", "of"), Text("页", ""))
SYNTHETIC = Text(
    "合成示例数据：人员与数额均为虚构", "Synthetic sample: people and amounts are made up"
)


@cache
def _room() -> Environment:
    return environment()


@cache
def style() -> str:
    """The style sheet of all cards."""
    return files("hpf.reports").joinpath("templates/card.css").read_text("utf-8")


def paper(
    template: str,
    lang: str,
    *,
    title: str,
    running: str,
    running_right: str = "",
    foot: str = "",
    pictures: Mapping[str, str | bytes] | None = None,
    **values: object,
) -> Paper:
    """One document from its template; title: of the file; running: on all pages but the first."""
    html = (
        _room()
        .get_template(template)
        .render(
            lang=lang,
            lang_tag="zh-CN" if lang.startswith("zh") else "en",
            title=title,
            running=running,
            running_right=running_right,
            foot=foot,
            page_words=[w.say(lang) for w in _PAGE],
            **values,
        )
    )
    return Paper(html, dict(pictures or {}))
