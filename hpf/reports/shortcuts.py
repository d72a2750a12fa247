"""What WeasyPrint computes again for every box or document, computed once; results stay the same.

Each shortcut stands in for one function of WeasyPrint or pydyf while a page is drawn, and is taken
back afterwards (`applied`). It is used only where that function reads exactly as it did when the
shortcut was written (`fitting`), so that a new version loses speed, never correctness; a test
tells that it did. Another one holds that pages come out the same with them and without.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import pydyf  # type: ignore[import-untyped]  # ships no types
from weasyprint.formatting_structure import boxes
from weasyprint.layout import absolute, block, inline, page, percent, table
from weasyprint.layout import float as floats
from weasyprint.text import line_break
from weasyprint.text.ffi import ffi, gobject, pango, unicode_to_char_p


@dataclass(frozen=True, slots=True)
class Shortcut:
    """name: what it is called in each of the places; reads: the first signs of the SHA-256 of the
    source it stands in for."""

    name: str
    places: tuple[Any, ...]
    instead: Any
    reads: str


def fingerprint(function: Any) -> str:
    """What `Shortcut.reads` compares."""
    if isinstance(function, property):
        function = function.fget
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]


@cache
def fitting() -> tuple[Shortcut, ...]:
    """The shortcuts that stand in for exactly what they were written for."""
    return tuple(s for s in SHORTCUTS if _fits(s))


def _fits(shortcut: Shortcut) -> bool:
    try:
        return all(fingerprint(vars(p)[shortcut.name]) == shortcut.reads for p in shortcut.places)
    except (KeyError, OSError, TypeError):  # gone, or shipped without its source
        return False


@contextmanager
def applied(shortcuts: Iterable[Shortcut]) -> Iterator[None]:
    """Within: the shortcuts hold. One thread at a time may be within."""
    before: list[tuple[Any, str, Any]] = []
    try:
        for shortcut in shortcuts:
            for place in shortcut.places:
                before.append((place, shortcut.name, vars(place)[shortcut.name]))
                setattr(place, shortcut.name, shortcut.instead)
        yield
    finally:
        for place, name, value in reversed(before):
            setattr(place, name, value)


# --- lengths -------------------------------------------------------------------------------------

_SIDES = ("top", "right", "bottom", "left")
_BORDERS = tuple(f"border_{s}_width" for s in _SIDES)
_LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES),
    *(f"{least}{axis}" for least in ("", "min_", "max_") for axis in ("width", "height")),
)
_resolve_percentages = percent.resolve_percentages


def _fixed(style: Any) -> Any:
    """Used lengths of all boxes of a style without a percentage, and borders apart where those of
    a table collapse; False where the box's surroundings matter."""
    if style["box_sizing"] != "content-box":
        return False
    lengths: dict[str, Any] = {}
    for name in _LENGTHS:
        value = style[name]
        if value == "auto":
            lengths[name] = 0 if name in ("min_width", "min_height") else "auto"
        elif getattr(value, "unit", None) == "px":
            lengths[name] = value.value
        else:
            return False
    borders = {name: style[name] for name in _BORDERS}
    if style["border_collapse"] == "collapse":
        return lengths, borders
    return lengths | borders, {}


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """Lengths without a percentage are the same whatever surrounds the box."""
    style = box.style
    found = style.__dict__.get("hpf_fixed")
    if found is None:
        found = style.hpf_fixed = _fixed(style)
    if found is False:
        _resolve_percentages(box, containing_block)
        return
    lengths, borders = found
    box.__dict__.update(lengths)
    for name, width in borders.items():
        # resolving conflicts between the borders of cells may have set it
        if not hasattr(box, name):
            setattr(box, name, width)


_strut = line_break.strut


def strut(style: Any) -> Any:
    """Height and baseline of a line without text, once for each style."""
    found = style.__dict__.get("hpf_strut")
    if found is None:
        found = style.hpf_strut = _strut(style)
    return found


# --- places --------------------------------------------------------------------------------------

_avoid_collisions = floats.avoid_collisions


def avoid_collisions(context: Any, box: Any, containing_block: Any, outer: bool = True) -> Any:
    """Without floats there is nothing to collide with."""
    if (
        context.excluded_shapes
        or containing_block.style["direction"] != "ltr"
        or box.style["float"] != "none"
    ):
        return _avoid_collisions(context, box, containing_block, outer)
    left = containing_block.content_box_x()
    right = left + containing_block.width
    if outer:
        return left, box.position_y, right - left
    # in the order of the original: sums of floats depend on it
    left += box.margin_left
    right -= box.margin_right
    return left - box.margin_left, box.border_box_y() - box.margin_top, right - left


_is_in_normal_flow = boxes.Box.is_in_normal_flow


def is_in_normal_flow(self: Any) -> bool:
    """Most boxes are: neither float nor position is said of them."""
    style = self.style
    if style["float"] == "none" and style["position"] in ("static", "relative"):
        return True
    return bool(_is_in_normal_flow(self))


# --- text ----------------------------------------------------------------------------------------

_NEW_PARAGRAPH = ("\n", "\r", "\u2029")


class Layout(line_break.Layout):  # type: ignore[misc]  # WeasyPrint ships no types
    """A line of text that is shaped once, to be measured and to be drawn.

    What Pango needs to know of a style is set up once for it, not for each of its lines.
    """

    def setup(self, style: Any) -> None:
        """Start with nothing but the style."""
        if style["text_decoration_line"] != "none":
            super().setup(style)  # measures of the line that underlines it, too
            return
        found = style.__dict__.get("hpf_pango")
        if found is None:
            found = style.hpf_pango = _prepared(style)
        context, description, self.language, features, shared = found
        self.style = style
        self.first_line_direction = 0
        self.ascent = self.underline_position = self.strikethrough_position = None
        self.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)
        pango.pango_layout_set_font_description(self.layout, description)
        if features is not None:
            if not shared:  # `set_text` will add to it
                copy = pango.pango_attr_list_copy(features)
                features = ffi.gc(copy, pango.pango_attr_list_unref)
            pango.pango_layout_set_attributes(self.layout, features)

    def set_text(self, text: str, justify: bool = False) -> None:
        """What drawing asks for is asked for now: later it would have the text shaped again."""
        super().set_text(text, justify)
        if not any(sign in text for sign in _NEW_PARAGRAPH):
            pango.pango_layout_set_single_paragraph_mode(self.layout, True)

    def deactivate(self) -> None:
        """Kept: it will be drawn."""

    def reactivate(self, style: Any) -> None:
        """Drawn as it was measured, where nothing has changed."""
        kept = style is self.style and not self.justification_spacing
        if not kept or style["text_decoration_line"] != "none":
            super().reactivate(style)


def _prepared(style: Any) -> Any:
    font_map = style.font_config.font_map
    context = ffi.gc(pango.pango_font_map_create_context(font_map), gobject.g_object_unref)
    pango.pango_context_set_round_glyph_positions(context, False)
    direction = line_break.PANGO_DIRECTION[style["direction"]]
    pango.pango_context_set_base_dir(context, direction)
    override = style["font_language_override"]
    if override != "normal":
        lang = line_break.LST_TO_ISO.get(override.lower(), override)
    else:
        lang = style["lang"]
    language = pango.pango_language_get_default()
    if lang:
        pointer, _kept = unicode_to_char_p(lang)
        language = pango.pango_language_from_string(pointer)
        pango.pango_context_set_language(context, language)
    features = _features(style)
    shared = (
        not style["word_spacing"]
        and style["letter_spacing"] in ("normal", 0)
        and style["overflow_wrap"] not in ("anywhere", "break-word")
    )
    return context, line_break.get_font_description(style), language, features, shared


def _features(style: Any) -> Any:
    names = ("kerning", "variant_ligatures", "variant_position", "variant_caps",
             "variant_numeric", "variant_alternates", "variant_east_asian",
             "feature_settings")  # fmt: skip
    wanted = line_break.font_features(*(style[f"font_{name}"] for name in names))
    if not wanted:
        return None
    text = ",".join(f"{key} {value}" for key, value in wanted.items()).encode()
    features = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
    pango.pango_attr_list_insert(features, pango.pango_attr_font_features_new(text))
    return features


# --- the file ------------------------------------------------------------------------------------

_plain_bytes = pydyf._to_bytes


def to_bytes(item: Any) -> bytes:
    """The three kinds that most of a file is made of first."""
    kind = type(item)
    if kind is bytes:
        return item  # type: ignore[no-any-return]
    if kind is str:
        return item.encode("ascii")  # type: ignore[no-any-return]
    if kind is int:
        return b"%d" % item
    return _plain_bytes(item)  # type: ignore[no-any-return]


_page_references = pydyf.PDF.page_references.fget


def page_references(self: Any) -> Any:
    """Asked for by every tag, the same for all while no page is added."""
    count = len(self.pages["Kids"])
    found = self.__dict__.get("hpf_references")
    if found is None or found[0] != count:
        found = self.hpf_references = (count, _page_references(self))
    return found[1]


_PERCENT: tuple[ModuleType, ...] = (percent, block, inline, table, page, floats, absolute)
SHORTCUTS = (
    Shortcut("resolve_percentages", _PERCENT, resolve_percentages, "71673078096fcf87"),
    Shortcut("strut", (line_break, inline), strut, "b57885b70dd08efe"),
    Shortcut("avoid_collisions", (floats, inline, block), avoid_collisions, "5fc7793c573af328"),
    Shortcut("is_in_normal_flow", (boxes.Box,), is_in_normal_flow, "5f49d6ab23da7e51"),
    Shortcut("Layout", (line_break,), Layout, "681b737d1ba5e004"),
    Shortcut("_to_bytes", (pydyf,), to_bytes, "1cefd02c285d3aee"),
    Shortcut("page_references", (pydyf.PDF,), property(page_references), "060bf90aad55931b"),
)
