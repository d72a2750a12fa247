"""A page as PDF, where WeasyPrint and a Chinese font are installed; else how to install them."""

from __future__ import annotations

import importlib.util
import io
import logging
import sys
from importlib import import_module
from pathlib import Path

from hpf_cli.speech import Words

_FONT = "fonts/ofl/notosanssc/NotoSansSC[wght].ttf"
_FAMILY = "HPF Noto Sans SC"
_SYSTEM = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def can_write() -> Words | None:
    """None where a PDF can be written; else the one line that says what would install it."""
    if importlib.util.find_spec("weasyprint") is None or _font_file() is None:
        line = f"{_python()} -m pip install 'weasyprint>=70,<71' 'justmytype-intl-cjk>=0.1,<0.2'"
        return Words(
            f"没有生成 PDF；安装后即可：{line}", f"No PDF; this would install what it needs: {line}"
        )
    try:
        _quiet()
        import_module("weasyprint")
    except OSError:  # the package is there, the libraries it draws with are not
        line = f"sudo apt-get install {_SYSTEM}"
        if sys.platform == "darwin":
            line = "brew install pango"
        return Words(
            f"没有生成 PDF；安装系统库后即可：{line}",
            f"No PDF; this would install its libraries: {line}",
        )
    return None


def write_pdf(html: str, folder: Path) -> bytes:
    """The page as PDF bytes. folder: where the font's extract may lie while it is drawn."""
    weasyprint = import_module("weasyprint")
    configuration = import_module("weasyprint.text.fonts").FontConfiguration()
    faces = []
    for weight in (400, 700):
        path = folder / f"font-{weight}.ttf"
        path.write_bytes(_extract(html, weight))
        faces.append(
            f'@font-face{{font-family:"{_FAMILY}";font-weight:{weight};src:url("{path.as_uri()}")}}'
        )
    css = weasyprint.CSS(
        string="".join(faces) + f'body{{font-family:"{_FAMILY}",sans-serif !important}}',
        font_config=configuration,
    )
    found = weasyprint.HTML(string=html).write_pdf(stylesheets=[css], font_config=configuration)
    assert isinstance(found, bytes)
    return found


def _python() -> str:
    """The interpreter as it is called from here."""
    here = Path.cwd()
    path = Path(sys.executable)
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _quiet() -> None:
    # it warns about styles meant for screens, line by line
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)


def _font_file() -> Path | None:
    spec = importlib.util.find_spec("justmytype_intl_cjk")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / _FONT
    return path if path.exists() else None


def _extract(text: str, weight: int) -> bytes:
    """The font at one weight with the signs of `text` alone: the whole one takes seconds a page."""
    path = _font_file()
    assert path is not None
    subset = import_module("fontTools.subset")
    font = import_module("fontTools.ttLib").TTFont(str(path))
    options = subset.Options(layout_features=["*"], notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    fixed = import_module("fontTools.varLib.instancer").instantiateVariableFont(
        font, {"wght": weight}
    )
    out = io.BytesIO()
    fixed.save(out)
    return out.getvalue()
