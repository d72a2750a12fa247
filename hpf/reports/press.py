"""The press: pages of well-formed HTML to tagged PDF, many of them, quickly.

What is the same for a batch is made once: the fonts' configuration, the parsed style sheet, a
small user-agent sheet in place of the browser-like one, and the computed styles (`sharing`).
Pages are read by the XML parser of the standard library (templates are well-formed), pictures
stand beside the page, so that their nodes are not matched against every style rule, and while a
page is drawn `shortcuts` stand in for some functions of WeasyPrint.

All that reaches behind WeasyPrint's public API is here, in `sharing` and in `shortcuts`. Tests
hold that pages drawn this way look exactly like those drawn the plain way (`plain=True`).
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from hpf.reports.fonts import FAMILY, Cut

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    from hpf.reports.shortcuts import Shortcut

PICTURE = "picture:"  # <img src="picture:NAME"> shows the page's picture NAME
_COLLECT = 5  # pages between two collections, where they are left to us: 100 MB instead of 250
_DRAWING = threading.RLock()  # Pango's fonts and the shortcuts are for one thread at a time
_NEEDS = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


class PressError(RuntimeError):
    """WeasyPrint's system libraries are missing; the text says how to install them."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. html: well-formed, with `lang` and a title; pictures: name -> SVG text or the
    bytes of a PNG or JPEG."""

    html: str
    pictures: Mapping[str, str | bytes] = field(default_factory=dict)


class Press:
    """Fonts and styles of a batch. plain: draw by WeasyPrint's public API alone (slower).

    Raises PressError where WeasyPrint cannot be loaded.
    """

    def __init__(self, fonts: Cut, style: str, *, plain: bool = False) -> None:
        _load()
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        self.plain = plain
        self.fonts = fonts
        self.configuration: FontConfiguration = FontConfiguration()
        faces = fonts.css() + f'html{{font-family:"{FAMILY}",sans-serif}}'
        self.style: CSS = CSS(string=faces + style, font_config=self.configuration)
        self._drawn = 0
        self._shortcuts = () if plain else _shortcuts(style)

    def pdf(self, paper: Paper) -> bytes:
        """The document as a tagged PDF, with bookmarks of its headings.

        Raises ElementTree.ParseError where the page is not well-formed.
        """
        with self._ready():
            page = (_plain if self.plain else _page_class())(paper)
            found = page.write_pdf(
                stylesheets=[self.style],
                font_config=self.configuration,
                pdf_tags=True,
                pdf_variant="pdf/ua-1",
                cache={},
            )
        assert isinstance(found, bytes)
        self._drawn += 1
        if not gc.isenabled() and self._drawn % _COLLECT == 0:
            gc.collect()
        return found

    @contextmanager
    def _ready(self) -> Iterator[None]:
        with _DRAWING:
            if not self._shortcuts:
                yield
                return
            from hpf.reports.shortcuts import applied

            with applied(self._shortcuts):
                yield


def settle() -> None:
    """In a process that draws many pages: what is loaded by now is never looked at again by the
    garbage collector, and it runs between pages only (`Press.pdf`).

    Left to itself it runs while a page is half drawn, and takes each time what is in hand for
    something that stays: a worker then grows by 50 KB a card.
    """
    gc.collect()
    gc.freeze()
    gc.disable()


@cache
def _load() -> None:
    # it warns about every style meant for screens, line by line
    for name in ("weasyprint", "weasyprint.progress", "fontTools", "fontTools.subset"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        import weasyprint  # noqa: F401 - whether it loads is the question
    except OSError as error:
        raise PressError(
            f"没有 PDF 所需的系统库，请安装：sudo apt-get install {_NEEDS} · "
            f"PDFs need system libraries: sudo apt-get install {_NEEDS}"
        ) from error


def _shortcuts(style: str) -> tuple[Shortcut, ...]:
    """Those that hold for a style sheet: with flex or grid, or selectors that look at siblings,
    there are none."""
    from hpf.reports import sharing
    from hpf.reports.shortcuts import fitting

    if not sharing.depends_on_path(style):
        return ()
    return (*fitting(), *sharing.shortcuts())


def pictures_of(paper: Paper) -> Any:
    """What WeasyPrint fetches for a page: its own pictures, and nothing from anywhere else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Pictures(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        """The page's own pictures, fonts by file, and nothing from anywhere else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            """A picture of the page, or a file of the fonts."""
            if url.startswith(PICTURE):
                content = paper.pictures[url.removeprefix(PICTURE)]
                if isinstance(content, str):
                    kind = {"Content-Type": "image/svg+xml"}
                    return URLFetcherResponse(url, content.encode(), kind)
                kind = {"Content-Type": "image/png"}
                return URLFetcherResponse(url, content, kind)
            raise ValueError(f"a card fetches nothing: {url}")

    return Pictures()


def _plain(paper: Paper) -> Any:
    from weasyprint import HTML

    return HTML(string=paper.html, base_url="page:", url_fetcher=pictures_of(paper))


@cache
def _browser() -> CSS:
    """The user-agent sheet: what templates use of a browser's, and no more."""
    from weasyprint import CSS

    text = files("hpf.reports").joinpath("templates/browser.css").read_text("utf-8")
    return CSS(string=text)


@cache
def _page_class() -> type:
    import cssselect2
    from weasyprint import HTML

    class Page(HTML):  # type: ignore[misc]  # WeasyPrint ships no types
        """A page that is parsed already, with a small user-agent sheet."""

        def __init__(self, paper: Paper) -> None:
            root = ElementTree.fromstring(paper.html)
            self.base_url = "page:"
            self.url_fetcher = pictures_of(paper)
            self.media_type = "print"
            self.wrapper_element = cssselect2.ElementWrapper.from_html_root(
                root, content_language=None
            )
            self.etree_element = self.wrapper_element.etree_element

        def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:
            return [_browser()]

    return Page
