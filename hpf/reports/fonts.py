"""One Chinese font on every machine: cut to the characters of a batch, static, kept in a cache.

The family is Noto Sans SC from the package justmytype-intl-cjk (Open Font License), a single
variable file. WeasyPrint takes seconds a page with it, and embeds it badly from woff2; two small
static files of the characters in use take a second to make, once for a whole batch.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from hpf.intake.atomic import write_bytes

FAMILY = "HPF Sans"
WEIGHTS = (400, 700)
MISSING = (
    "〓"  # what compositors put where a sort was lacking: seen by everyone, mistaken by nobody
)
# digits, Latin, punctuation and the signs that templates use themselves, so that small batches
# share one cut
_ALWAYS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "·×÷−–—…‘’“”、。，；：？！（）《》〈〉【】〓%‰≥≤≠→←△▲▽▼●○■□✓"
)
_VERTICAL = ("vhea", "vmtx", "BASE", "STAT")  # of no use to lines that run across
_FILE = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"


@dataclass(frozen=True, slots=True)
class Cut:
    """Two static files that hold some characters. characters: all of them."""

    files: tuple[tuple[int, Path], ...]
    characters: frozenset[str]

    def css(self) -> str:
        """The font faces, for a style sheet."""
        return "".join(
            f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};'
            f'src:url("{path.resolve().as_uri()}")}}'
            for weight, path in self.files
        )

    def covers(self, text: str) -> bool:
        """Whether all characters of a text were cut."""
        return self.characters >= {c for c in text if not c.isspace()}


def lacking(text: str) -> list[str]:
    """Characters that the font does not have, once each, in order of occurrence."""
    known = _known()
    return list(dict.fromkeys(c for c in text if ord(c) not in known and _is_seen(c)))


def marked(text: str) -> str:
    """The text with each character that the font does not have replaced by the mark 〓.

    What leaves no ink is left out, but for white space, which parts words and lines.

    >>> marked("一\\n\\ue000\\x07 ")
    '一\\n〓 '
    """
    known = _known()
    if all(ord(c) in known for c in text):
        return text
    return "".join(_kept(c) if ord(c) not in known else c for c in text)


def _kept(character: str) -> str:
    if character.isspace():
        return character if character in "\t\n\r" else " "  # XML allows no other of them
    return MISSING if _is_seen(character) else ""


def cut(texts: Iterable[str], folder: Path | None = None) -> Cut:
    """Static files with all characters of some texts; made once, then found in the cache.

    folder: the cache; by default `fonts` in the user's cache folder. Characters that the font
    does not have are left out (`lacking`). Raises FileNotFoundError where the font itself is
    missing.
    """
    wanted = {c for text in (*texts, _ALWAYS) for c in text}
    known = _known()
    held = frozenset(c for c in wanted if ord(c) in known)
    name = hashlib.sha256("".join(sorted(held)).encode()).hexdigest()[:24]
    home = folder or _cache()
    files = tuple((w, home / f"{name}-{w}.ttf") for w in WEIGHTS)
    if not all(path.exists() for _, path in files):
        home.mkdir(parents=True, exist_ok=True)
        _make(held, files)
    return Cut(files, held)


def _make(characters: frozenset[str], files: Iterable[tuple[int, Path]]) -> None:
    # cut first, and once: making a small font static is quick, the whole one takes half a minute
    font = TTFont(_source(), lazy=True)
    for table in _VERTICAL:
        if table in font:
            del font[table]
    # kern and locl place marks and the ellipsis; no hinting
    options = subset.Options(
        layout_features=["kern", "locl", "ccmp", "mark"], notdef_outline=True, hinting=False
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(c) for c in characters])
    cutter.subset(font)
    small = io.BytesIO()
    font.save(small)
    for weight, path in files:
        held = TTFont(io.BytesIO(small.getvalue()))
        static = instancer.instantiateVariableFont(held, {"wght": weight}, inplace=True)
        _rename(static, weight)
        made = io.BytesIO()
        static.save(made)
        write_bytes(path, made.getvalue())  # whole: another process may be making the same one


def _rename(font: TTFont, weight: int) -> None:
    """One family for both weights, and none that a machine may have installed."""
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = FAMILY
        elif record.nameID == 6:
            record.string = f"{FAMILY.replace(' ', '')}-{weight}"


@cache
def _known() -> frozenset[int]:
    font = TTFont(_source(), lazy=True)
    return frozenset(font.getBestCmap())


@cache
def _source() -> str:
    spec = importlib.util.find_spec("justmytype_intl_cjk")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package justmytype-intl-cjk, which brings the font")
    path = Path(spec.origin).parent / _FILE
    if not path.exists():
        raise FileNotFoundError(path.name)
    return str(path)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "hpf" / "fonts"


def _is_seen(character: str) -> bool:
    """Whether a character should leave ink: not a space, a joiner, a control character or a
    variation selector. One of private use does: old systems keep rare names' characters there."""
    if character.isspace() or character in _UNSEEN:
        return False
    return unicodedata.category(character) not in ("Cc", "Cf")


_UNSEEN = frozenset(
    chr(c)
    for several in (range(0x200B, 0x2010), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
    for c in several
)
