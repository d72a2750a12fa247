"""The documentation site: whole, every link good, nothing fetched from anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_fetches_nothing(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="make docs installs it")
    pytest.importorskip("myst_parser")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-b", "html", "--fail-on-warning", "--keep-going",
         "--quiet", "-d", str(tmp_path / "trees"), str(TOP / "docs"), str(tmp_path / "site")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    pages = {p.relative_to(TOP / "docs").with_suffix(".html") for p in (TOP / "docs").rglob("*.md")}
    pages = {p for p in pages if p.name != "0000-template.html"}
    assert not [p for p in pages if not (site / p).exists()]
    index = (site / "index.html").read_text("utf-8")
    for page in pages:
        if page.parent == Path():
            assert f'href="{page}"' in index or page.name == "index.html", page
        text = (site / page).read_text("utf-8")
        # what a browser loads by itself; links that people follow may lead anywhere
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*\bsrc="(http[^"]+)"', text)
        loaded += re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="(http[^"]+)"', text)
        assert not loaded, (page, loaded)


def test_links_between_pages_lead_to_files_and_headings_that_are_there() -> None:
    """Quick, without the generator; README and plugin READMEs too."""
    files = [*(TOP / "docs").rglob("*.md"), *TOP.glob("*.md"), *(TOP / "examples").rglob("*.md")]
    bad = []
    for file in files:
        text = re.sub(r"```.*?```", "", file.read_text("utf-8"), flags=re.DOTALL)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target):
                continue
            path = (file.parent / target).resolve() if target else file
            if not path.exists() or (
                anchor and path.suffix == ".md" and anchor not in anchors(path)
            ):
                bad.append(f"{file.name}: {link}")
    assert not bad


def anchors(page: Path) -> set[str]:
    """What headings of a page are linked by, as GitHub makes it and as the site does."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    plain = [h.lower().replace("`", "") for h in heads]
    there = {re.sub(r"[^\w\- ]", "", h).replace(" ", "-") for h in plain}
    return there | {re.sub(r"\W+", "-", h).strip("-") for h in plain}
