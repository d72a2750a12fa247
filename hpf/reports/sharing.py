"""Computed styles shared between the documents of a batch.

WeasyPrint matches every element of every document against every rule and computes its style
anew, a third of the time of a card. With selectors that look only at an element and its ancestors
(their types, classes, ids, and whether they come first or last), a style depends on the path to
the element alone, and the slips of a batch have the same few hundred paths.
"""

from __future__ import annotations

from typing import Any

import tinycss2
from weasyprint import document
from weasyprint.css import PSEUDO_ELEMENTS, StyleFor, get_all_computed_styles

from hpf.reports.shortcuts import Shortcut, fingerprint

_MOST = 20_000  # paths; the store starts anew beyond, so that it never grows with a batch
_PLAIN_RULES = ("page", "font-face", "counter-style")
_PLACES = ("root", "first-child", "last-child")  # pseudo-classes that a path tells
_MUTATING = ("flex", "grid")  # layouts that write into styles
# as `Shortcut.reads`
_READS = {
    StyleFor: "dac5a13261681453",
    get_all_computed_styles: "e4063ec7d60e70be",
}


def shortcuts() -> tuple[Shortcut, ...]:
    """A store of styles, taking the place of WeasyPrint's own computing; none where WeasyPrint's
    reads otherwise than it did when this was written."""
    if any(fingerprint(known) != reads for known, reads in _READS.items()):
        return ()
    name = get_all_computed_styles.__name__
    return (Shortcut(name, (document,), Store().styles, _READS[get_all_computed_styles]),)


def depends_on_path(style: str) -> bool:
    """Whether all selectors of a sheet look at the path to an element alone, and no box is laid
    out by a way that changes styles (flex, grid)."""
    for rule in tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword in _PLAIN_RULES:
            continue
        if rule.type != "qualified-rule" or not _selects_by_path(rule.prelude):
            return False
        if not _keeps_styles(rule.content):
            return False
    return True


def _selects_by_path(prelude: list[Any]) -> bool:
    colons = 0
    for token in prelude:
        if token.type == "[] block" or token.type == "function":
            return False
        if token.type == "literal" and token.value in ("+", "~"):
            return False
        if token.type == "literal" and token.value == ":":
            colons += 1
            continue
        if colons == 1 and not (token.type == "ident" and token.lower_value in _PLACES):
            return False  # :nth-child and the like
        colons = 0
    return True


def _keeps_styles(content: list[Any]) -> bool:
    for declaration in tinycss2.parse_blocks_contents(content):
        if declaration.type == "declaration" and declaration.lower_name == "display":
            words = tinycss2.serialize(declaration.value)
            if any(kind in words for kind in _MUTATING):
                return False
    return True


class Path:
    """An element by the path to it: its styles, and the paths that go on."""

    __slots__ = ("further", "pseudo", "style")

    def __init__(self, style: Any = None, pseudo: tuple[tuple[str, Any], ...] = ()) -> None:
        self.style = style
        self.pseudo = pseudo
        self.further: dict[tuple[Any, ...], Path] = {}


class Store:
    """Styles by path, of one style sheet and one configuration of fonts."""

    def __init__(self) -> None:
        self.root = Path()
        self.count = 0

    def styles(
        self, html: Any, user_stylesheets: Any = None, presentational_hints: bool = False,
        font_config: Any = None, counter_style: Any = None, color_profiles: Any = None,
        page_rules: Any = None, layers: Any = None, target_collector: Any = None,
        forms: bool = False,
    ) -> Any:  # fmt: skip
        """In the place of `weasyprint.css.get_all_computed_styles`."""
        root = html.etree_element
        if presentational_hints or any(e.tag in ("style", "link") for e in root.iter()):
            return get_all_computed_styles(
                html, user_stylesheets, presentational_hints, font_config, counter_style,
                color_profiles, page_rules, layers, target_collector, forms,
            )  # fmt: skip
        for style in html._ua_counter_style():
            counter_style.update(style)
        sheets = [(sheet, "user agent", None) for sheet in html._ua_stylesheets(forms)]
        sheets += [(sheet, "user", None) for sheet in user_stylesheets or ()]
        if self.count > _MOST:
            self.root, self.count = Path(), 0
        return _Shared(self, html, sheets, font_config, target_collector)


class _Shared(StyleFor):  # type: ignore[misc]  # WeasyPrint ships no types
    """Styles of one document: those of the store, or, where one lacks, its own, which the store
    then takes."""

    def __init__(
        self, store: Store, html: Any, sheets: Any, font_config: Any, target_collector: Any
    ) -> None:
        self._sheets = sheets
        self.font_config = font_config
        self._cascaded_styles: dict[Any, Any] = {}
        self._computed_styles: dict[Any, Any] = {}
        self.initial_page_sizes = {"box": None, "area": None}
        self.anchors: list[str] = []
        root = html.etree_element
        if self._known(root, store.root, 0, 1):
            for anchor in self.anchors:
                target_collector.collect_anchor(anchor)
            return
        super().__init__(html, sheets, False, font_config, target_collector)
        self._keep(root, store.root, 0, 1, store)

    def _known(self, element: Any, above: Path, place: int, of: int) -> bool:
        path = above.further.get(_step(element, place, of))
        if path is None:
            return False
        self._computed_styles[element, None] = path.style
        for kind, style in path.pseudo:
            self._computed_styles[element, kind] = style
        if anchor := path.style["anchor"]:
            self.anchors.append(anchor)
        count = len(element)
        return all(self._known(child, path, i, count) for i, child in enumerate(element))

    def _keep(self, element: Any, above: Path, place: int, of: int, store: Store) -> None:
        step = _step(element, place, of)
        path = above.further.get(step)
        if path is None:
            styles = self._computed_styles
            pseudo = ((kind, styles.get((element, kind))) for kind in PSEUDO_ELEMENTS if kind)
            path = Path(styles[element, None], tuple((k, s) for k, s in pseudo if s is not None))
            above.further[step] = path
            store.count += 1
        count = len(element)
        for i, child in enumerate(element):
            self._keep(child, path, i, count, store)


def _step(element: Any, place: int, of: int) -> tuple[Any, ...]:
    """All of an element that a selector may look at, or that says a style itself."""
    said = element.attrib.get
    ends = place == 0, place == of - 1
    step = element.tag, said("class"), said("style"), said("lang"), said("id"), ends
    if element.tag[0] == "{":  # of SVG, which says its size so
        return *step, said("width"), said("height")
    return step
