"""What the documentation shows of code and of commands is taken from them, never typed again.

    python scripts/docs.py           fill every page; then look at the difference
    python scripts/docs.py --check   exit code 1, and each page that is out of date

Each mark stands on a line of its own, directly above a fence or a table that is filled from it:

    <!-- from PATH -->               a whole file
    <!-- from PATH#NAME -->          what stands between `# begin: NAME` and `# end: NAME`
    <!-- from PATH::FUNCTION -->     a function with its decorators
    <!-- from PATH::ID -->           an entry of a YAML list by its id, or a parameter by its name
    <!-- output of COMMAND -->       what the command line prints (English, 100 columns)
    <!-- table of nodes -->          each node: how it is written and read
    <!-- table of mistakes LANG -->  docs/mistakes.yaml, each made, with what is said about it
    <!-- table of worked LANG SCHEME EXAMPLE RULE … -->  figures of a plugin's example, computed
    <!-- output of [N] COMMAND -->   the first N lines of what it prints
"""

from __future__ import annotations

import ast
import re
import shlex
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
MARK = re.compile(r"^<!-- (?P<what>from|output of|table of) (?P<which>[^>]+?) -->\n", re.MULTILINE)
FENCE = re.compile(r"\n?```[^\n]*\n.*?^```\n", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"\n?(?:\|[^\n]*\n)+")
KINDS = {".py": "python", ".yaml": "yaml", ".toml": "toml", ".md": "md", ".csv": "text"}


def filled(text: str) -> str:
    """A page with everything below its marks taken afresh."""
    parts, at = [], 0
    for mark in MARK.finditer(text):
        parts.append(text[at : mark.end()])
        at = mark.end()
        shape = TABLE if mark["what"] == "table of" else FENCE
        if old := shape.match(text, at):
            at = old.end()
        parts.append("\n" + _block(mark["what"], mark["which"]))
    return "".join(parts) + text[at:]


def _block(what: str, which: str) -> str:
    if what == "table of":
        name, _, rest = which.partition(" ")
        return _tables()[name](rest)
    if what == "output of":
        most = re.match(r"\[(\d+)\] ", which)
        command = which[most.end() :] if most else which
        lines = _output(command).splitlines()
        if most and len(lines) > int(most[1]):
            lines = [*lines[: int(most[1])], "…"]
        shown = "\n".join(lines)
        return f"```text\n$ {command}\n{shown}\n```\n"
    path, snippet = _snippet(which)
    return f"```{KINDS[path.suffix]}\n{snippet.strip(chr(10))}\n```\n"


def _snippet(which: str) -> tuple[Path, str]:
    """The file, and the piece of it. Raises ValueError where there is none."""
    for sign, piece in (("::", _named), ("#", _between)):
        name, found, part = which.partition(sign)
        if found:
            path = TOP / name
            return path, piece(path, part)
    return TOP / which, (TOP / which).read_text("utf-8")


def _between(path: Path, name: str) -> str:
    text = path.read_text("utf-8")
    found = re.search(
        rf"^[ ]*# begin: {re.escape(name)}\n(.*?)^[ ]*# end: {re.escape(name)}$",
        text, re.MULTILINE | re.DOTALL,
    )  # fmt: skip
    if found is None:
        raise ValueError(f"{path.name} has no '# begin: {name}' … '# end: {name}'")
    lines = [x for x in found[1].splitlines() if not re.match(r"\s*# (?:begin|end): ", x)]
    least = min((len(x) - len(x.lstrip()) for x in lines if x.strip()), default=0)
    return "\n".join(x[least:] for x in lines)


def _named(path: Path, name: str) -> str:
    text = path.read_text("utf-8")
    if path.suffix == ".yaml":
        listed = rf"^- (?:id: |\{{id: ){re.escape(name)}[,\s].*?(?=^\S|\Z)"
        keyed = rf"^  {re.escape(name)}:.*?(?=^ {{0,2}}\S|\Z)"  # a parameter, below its scheme
        found = re.search(f"{listed}|{keyed}", text, re.MULTILINE | re.DOTALL)
        if found is None:
            raise ValueError(f"{path.name} has no entry '{name}'")
        return textwrap.dedent(found[0])
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise ValueError(f"{path.name} has no function '{name}'")


def _output(command: str) -> str:
    """What `hpf …` prints in the folder of the tutorial's plugin, which counts as installed."""
    from contextlib import chdir

    from click.testing import CliRunner

    import hpf_cli.finding
    import hpf_cli.running
    from hpf.core.kit.folder import folder_programs

    program, *args = shlex.split(command)
    if program != "hpf":
        raise ValueError(f"only hpf is run here, not '{program}'")
    desk = TOP / "examples" / "transfusion_desk"
    own = folder_programs(desk)
    before = hpf_cli.finding.installed, hpf_cli.running.installed
    hpf_cli.finding.installed = hpf_cli.running.installed = lambda: own
    try:
        with chdir(desk):
            done = CliRunner().invoke(
                hpf_cli.main, args, env={"HPF_LANG": "en", "COLUMNS": "112", "NO_COLOR": "1"}
            )
    finally:
        hpf_cli.finding.installed, hpf_cli.running.installed = before
    lines = [x.rstrip() for x in done.output.splitlines() if not x.startswith("Seal ")]
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip("\n") + "\n"


def _tables() -> dict[str, Callable[[str], str]]:
    sys.path.insert(0, str(TOP / "scripts"))
    import docs_mistakes
    import docs_nodes
    import docs_worked

    return {
        "nodes": docs_nodes.table,
        "mistakes": docs_mistakes.table,
        "worked": docs_worked.table,
    }


def pages() -> list[Path]:
    """Every page with a mark."""
    found = [*(TOP / "docs").rglob("*.md"), *TOP.glob("README*.md")]
    return sorted(p for p in found if MARK.search(p.read_text("utf-8")))


def main(args: list[str]) -> int:
    """Fill the pages, or say which would change."""
    stale = 0
    for page in pages():
        text = page.read_text("utf-8")
        new = filled(text)
        if new == text:
            continue
        stale += 1
        print(f"{page.relative_to(TOP)}: {'out of date' if '--check' in args else 'filled'}")
        if "--check" not in args:
            page.write_text(new, "utf-8")
    return int(bool(stale) and "--check" in args)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
