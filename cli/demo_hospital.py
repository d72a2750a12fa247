"""The demo's third part: one sample as a hospital of its own, from an empty folder to a backup.

The home is made in a folder beside its place and gets its name at the end, so that there is a whole
one or none. One that was made from the same rules and facts is left as it is.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hpf import __version__
from hpf.core.kit.manager import load_plugins
from hpf.core.kit.programs import Programs
from hpf.intake.atomic import write_text
from hpf.storage.home import FILE
from hpf.storage.migrations import newest
from hpf_cli.demo_home import make_home
from hpf_cli.demo_month import tell_month
from hpf_cli.demo_samples import Tried
from hpf_cli.demo_story import Step, as_text, read_story
from hpf_cli.samples import shipped
from hpf_cli.stops import problem

SCHEME = "township"  # its sample has what a hospital needs: units, posts, people who are paid
FOLDER, STORY = "hospital", "SYNTHETIC-story.json"


@dataclass(frozen=True, slots=True)
class Hospital:
    """The demo's hospital. folder: its home; scheme, period: what it has paid."""

    folder: Path
    scheme: str
    period: str
    steps: Sequence[Step]


def check_place(out: Path) -> None:
    """Before anything is computed: a home that the demo did not make is nobody's to replace."""
    home = out / FOLDER
    if home.exists() and not (home / STORY).is_file():
        raise problem(
            "hospital_there",
            "这里已有一个不是演示生成的文件夹",
            "there is a folder here that the demo did not make",
            ("请用 --out 另指定文件夹", "Name another folder with --out"),
            str(home),
        )


@contextmanager
def hospital(
    programs: Programs, tried: Sequence[Tried], out: Path, scratch: Path, lang: str
) -> Iterator[Hospital | None]:
    """The sample hospital, in its place when the block ends; None where its plugin is missing.

    scratch: a folder to make it in. Raises HpfError where anything is refused; what stood there
    before stands there still then.
    """
    last = next((t.last for t in tried if t.last.program.code == SCHEME), None)
    if last is None:
        yield None
        return
    home, period = out / FOLDER, str(last.period)
    fingerprint = f"{last.seal['seal']} {newest()} {__version__}"
    if (home / FILE).is_file():
        told = read_story((home / STORY).read_text("utf-8"), fingerprint)
        if told is not None:
            yield Hospital(home, SCHEME, period, told)
            return
    sample = shipped(programs[SCHEME], programs)[-1]
    new = scratch / FOLDER
    made = make_home(new, programs, load_plugins().plugin_of[SCHEME], sample, lang)
    try:
        steps = tell_month(made, sample)
    finally:
        made.engine.dispose()
    write_text(new / STORY, as_text(steps, fingerprint))
    yield Hospital(home, SCHEME, period, steps)
    _put(new, home)


def _put(new: Path, home: Path) -> None:
    """In its place at once. One that stood there is set aside: somebody may have worked in it."""
    beside, before = (home.with_name(f"{FOLDER}-{end}") for end in ("new", "before"))
    shutil.rmtree(beside, ignore_errors=True)
    try:
        shutil.move(new, beside)
        if home.exists():
            shutil.rmtree(before, ignore_errors=True)
            home.rename(before)
        beside.rename(home)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def commands(done: Hospital) -> Iterator[str]:
    """What a reader would type to look at it, and to go the same way."""
    scheme, period = done.scheme, done.period
    at = f"--home {done.folder}"
    yield f"hpf doctor {at}"
    yield f"hpf cycle show {scheme} --period {period} {at}"
    yield f"hpf runs {at}"
    yield f"hpf pay list {at}"
    yield f"hpf what-if {scheme} --period {period} --set role_weight[护士]=0.95 {at}"
    yield f"hpf verify-run {at}"
    yield f"hpf audit verify --all {at}"
