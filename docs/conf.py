"""The documentation site: Markdown in, HTML out, nothing fetched from anywhere."""

from __future__ import annotations

project = "HPF"
author = "The HPF contributors"
project_copyright = "The HPF contributors, Apache-2.0"
extensions = ["myst_parser"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["adr/0000-template.md"]
html_theme = "furo"
html_title = "HPF"
html_copy_source = False
html_show_sphinx = False
