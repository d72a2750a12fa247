"""What the top-level texts say is true, and nothing stands in them that must not."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType

import click
import pytest

TOP = Path(__file__).parents[2]
READMES = ["README.md", "README.zh-CN.md"]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "changelog.d/*.md")
    for path in TOP.glob(pattern)
    if "0000-template" not in path.name
)


def _checker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_text", TOP / "scripts" / "check_text.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checker = _checker()


def test_no_machine_paths_and_no_registry_hosts() -> None:
    found = checker.findings(TOP, checker.registry_hosts(), checker.machine_roots(TOP))
    assert not found, "\n".join(found)


def test_the_default_registry_is_known_without_being_written_down() -> None:
    assert checker.registry_hosts()


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("pip install --index-url https://registry.example/simple x", True),
        ("see registry.example for more", True),
        ("nothing but notregistry.example.org", False),
        ("open /somewhere/project/README.md", True),
        ("open docs/somewhere/project.md", False),
    ],
)
def test_a_planted_line_is_caught(tmp_path: Path, line: str, caught: bool) -> None:
    (tmp_path / "README.md").write_text(f"fine\n{line}\n", "utf-8")
    found = checker.findings(tmp_path, {"registry.example"}, {"/somewhere"})
    assert found == ([f"README.md:2: {line}"] if caught else [])


def test_a_planted_line_in_a_new_file_of_a_checkout_is_caught(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("ignored.txt\n", "utf-8")
    for name in ("new.txt", "ignored.txt"):
        (tmp_path / name).write_text("registry.example\n", "utf-8")
    assert checker.findings(tmp_path, {"registry.example"}, set()) == [
        "new.txt:1: registry.example"
    ]


def commands(name: str) -> list[str]:
    """The commands in a page's fenced blocks, without prompts, remarks and continuation lines."""
    blocks = re.findall(
        r"^```(?:sh|bash|shell|powershell)\n(.*?)^```",
        (TOP / name).read_text("utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    lines = [
        re.sub(r"\s+#.*$", "", line).strip() for block in blocks for line in block.splitlines()
    ]
    return [line for line in lines if line and not line.startswith("#")]


def make_targets() -> set[str]:
    text = (TOP / "Makefile").read_text("utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
def test_make_targets_named_in_a_document_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    blocks = re.findall(r"^\s*make ([a-z][a-z-]*)", text, re.MULTILINE)
    inline = re.findall(r"`make ([a-z][a-z-]*)`", text)
    unknown = {*blocks, *inline} - make_targets()
    assert not unknown, f"{path.name} names make targets that do not exist: {sorted(unknown)}"


def test_every_target_is_phony_or_a_file_and_helped() -> None:
    text = (TOP / "Makefile").read_text("utf-8")
    declared = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert declared
    assert set(declared[1].split()) == make_targets()


def test_both_readmes_name_the_same_commands() -> None:
    assert commands("README.md") == commands("README.zh-CN.md")
    assert {"make demo", "make test"} <= set(commands("README.md"))


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_commands_and_options_of_hpf_named_in_a_page_exist(name: str) -> None:
    from hpf_cli import main

    assert isinstance(main, click.Group)
    context = click.Context(main)
    wrong = []
    for line in commands(name):
        found = re.match(r"(?:\S*/)?hpf ([a-z-]+)", line)
        if not found:
            continue
        command = main.get_command(context, found[1])
        if isinstance(command, click.Group):  # hpf pay make …
            command = command.get_command(context, line.split()[2])
        known = {"--help"}
        if command is None:
            wrong.append(f"{line}: no such command")
            continue
        for parameter in command.params:
            known.update(parameter.opts, parameter.secondary_opts)
        wrong += [f"{line}: no {o}" for o in re.findall(r" (--[a-z-]+)", line) if o not in known]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(TOP)))
def test_links_within_the_project_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    dead = [
        target
        for target in targets
        if not re.match(r"[a-z]+:|#", target)
        and not (path.parent / target.partition("#")[0]).exists()
    ]
    assert not dead, f"{path.relative_to(TOP)} links to {dead}"


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (TOP / "docs" / "adr").glob("[0-9]*.md"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(len(names))]


@pytest.mark.parametrize(
    "path", sorted((TOP / "docs" / "adr").glob("[0-9]*.md")), ids=lambda path: path.name
)
def test_a_decision_fits_its_form(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith(f"# {path.name[:4]} ")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert {"Status", "Context", "Decision", "Consequences"} <= set(headings)
    assert len(text.split()) <= 600, "a decision is a page"


KINDS = {"figures", "added", "changed", "fixed", "removed"}


@pytest.mark.parametrize(
    "path",
    sorted(path for path in (TOP / "changelog.d").glob("*.md") if path.name != "README.md"),
    ids=lambda path: path.name,
)
def test_changelog_fragments_fit_their_form(path: Path) -> None:
    stem, kind = path.name.split(".")[0], path.name.split(".")[1]
    assert kind in KINDS, f"{path.name}: one of {sorted(KINDS)} after the first dot"
    assert re.fullmatch(r"\d+|\+[a-z0-9-]+", stem), f"{path.name}: an issue number or +a-name first"
    if kind == "figures":
        text = path.read_text("utf-8")
        for part in ("Whose:", "From:", "Clause:"):
            assert part in text, f"{path.name}: a change of figures says {part}"


@pytest.mark.parametrize("room", ["hpf", "cli"])
def test_chinese_texts_have_full_width_commas(room: str) -> None:
    found = [
        f"{path.relative_to(TOP)}:{number}"
        for path in sorted((TOP / room).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search("[,;][一-鿿]", line)
    ]
    assert not found


@pytest.mark.parametrize("room", ["hpf", "cli", "plugins"])
def test_no_text_was_decoded_twice(room: str) -> None:
    """Bytes of UTF-8 read as single characters leave control characters behind."""
    found = [
        f"{path.relative_to(TOP)}:{number}"
        for path in sorted((TOP / room).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search("[\\x80-\\x9f]", line)
    ]
    assert not found
