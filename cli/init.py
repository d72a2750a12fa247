"""`hpf init`: a hospital from nothing: folder, database, keys, administrator, what to decide."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, who
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.storage.home import Home

WORKBOOK = {"zh": "参数.xlsx", "en": "parameters.xlsx"}
ADMINISTRATOR = "it"  # the party that keeps accounts; it decides nothing about pay


@command(
    Words(
        "建立一家医院：文件夹里生成 hpf.toml、数据库、密钥和待填的参数工作簿，"
        "并给出第一个管理员的口令（只显示一次）。什么都不写也可以。",
        "Set up a hospital: a folder with hpf.toml, database, keys and the workbook of parameters "
        "to fill in, and a first administrator whose password is shown once. Nothing has to be "
        "said.",
    ),
    Argument(
        "folder",
        metavar="[DIR]",
        required=False,
        words=Words("放在哪个文件夹（默认当前文件夹）", "The folder (the current one if not said)"),
    ),
    Option(
        "--code",
        default="H01",
        metavar="CODE",
        words=Words("医院代码（默认 H01）", "The hospital's code (H01 if not said)"),
    ),
    Option(
        "--name",
        metavar="NAME",
        words=Words("医院名称", "The hospital's name"),
    ),
    Option(
        "--plugin",
        "plugins",
        multiple=True,
        metavar="NAME",
        words=Words(
            "启用的插件，可写多次（默认全部已安装的）",
            "A plugin to enable, as often as needed (all installed ones if not said)",
        ),
    ),
    Option(
        "--database",
        metavar="URL",
        words=Words(
            "数据库：sqlite:///hpf.db（默认，相对该文件夹）或 postgresql://用户@主机/库名",
            "The database: sqlite:///hpf.db (if not said; within the folder) or "
            "postgresql://USER@HOST/NAME",
        ),
    ),
    Option(
        "--admin",
        default="admin",
        metavar="LOGIN",
        words=Words("管理员的登录名（默认 admin）", "The administrator's login (admin)"),
    ),
    BY,
)
def init(
    folder: str | None,
    code: str,
    name: str | None,
    plugins: Sequence[str],
    database: str | None,
    admin: str,
    by: str | None,
) -> None:
    """All of it or nothing: what a failed attempt made is taken away again."""
    from hpf.core.kit.manager import installed_names
    from hpf.intake.atomic import write_text
    from hpf.storage.home import DATABASE, FILE, KEYS, Home, absolute_url, write_toml

    lang = language()
    place = Path(folder or ".").absolute()
    if (place / FILE).exists():
        raise problem(
            "home_exists",
            "这里已经有一家医院",
            "there is a hospital here already",
            (
                "请换一个文件夹；检查它请用 hpf doctor",
                "Name another folder; to check this one: hpf doctor",
            ),
            str(place / FILE),
        )
    title = name or Words("本医院", "Our hospital").say(lang)
    url = database or DATABASE
    home = Home(
        place,
        code,
        title,
        tuple(plugins or installed_names()),
        absolute_url(url, place),
        place / KEYS,
        lang,
    )
    home.programs()  # a plugin that is missing or broken is told before anything is made
    with _made(place) as made:
        _folders(home, made)
        password = _database(home, admin, who(by), made)
        workbook = place / WORKBOOK[lang]
        missing = _workbook(home, workbook, lang, made)
        # the file that makes the folder a home comes last
        write_text(home.file, write_toml(home, url))
    _say(home, admin, password, workbook, missing, lang)


@contextmanager
def _made(place: Path) -> Iterator[list[Path]]:
    """Paths that are taken away again when something fails, the last one first."""
    made: list[Path] = []
    try:
        if not place.exists():
            place.mkdir(parents=True)
            made.append(place)
        yield made
    except BaseException:
        for path in reversed(made):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise


def _folders(home: Home, made: list[Path]) -> None:
    from hpf.storage.keys import make_keys

    if not home.keys.exists():
        made.append(home.keys)
        home.keys.mkdir(mode=0o700)
    make_keys(home.keys)


def _database(home: Home, admin: str, by: str, made: list[Path]) -> str:
    """The tables, the hospital and its administrator; returns the password."""
    from sqlalchemy import select

    from hpf.storage.audit import record
    from hpf.storage.engine import connect, writing
    from hpf.storage.migrations import upgrade
    from hpf.storage.models import Hospital, User
    from hpf.storage.people import create_user, grant

    file = home.database_file()
    if file is not None and not file.exists():
        made += [file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))]
    engine = connect(home.url)
    try:
        upgrade(engine)
        if file is not None and os.name == "posix":
            file.chmod(0o600)
        with writing(engine) as session:
            known = session.scalars(select(Hospital.code)).all()
            if home.hospital_code in known or session.scalar(select(User.id).limit(1)):
                raise problem(
                    "database_used",
                    "这个数据库已经在用",
                    "this database is in use already",
                    (
                        "请换一个数据库，或把原来的 hpf.toml 放回来",
                        "Name another database, or put back the hpf.toml that goes with it",
                    ),
                    str(file or ""),
                )
            hospital = Hospital(code=home.hospital_code, name=home.hospital_name)
            session.add(hospital)
            session.flush()
            detail = {"name": home.hospital_name, "plugins": list(home.plugins)}
            place = f"hospital:{home.hospital_code}"
            record(session, by, "hospital.created", place, detail, hospital=home.hospital_code)
            user, password = create_user(session, admin, admin, by=by, hospital=home.hospital_code)
            grant(session, user, ADMINISTRATOR, hospital=hospital.id, by=by)
            session.commit()
    finally:
        engine.dispose()
    return password


def _workbook(home: Home, path: Path, lang: str, made: list[Path]) -> int:
    """Write the workbook of required parameters; returns how many are missing."""
    from hpf.intake.decision_sheets import asked_of, write_decisions

    asked = asked_of(home.programs(), {})
    if asked and not path.exists():
        made.append(path)
        today = dt.datetime.now().astimezone().date()
        write_decisions(path, asked, today.replace(month=1, day=1), lang)
    return len(asked)


def _say(home: Home, admin: str, password: str, workbook: Path, missing: int, lang: str) -> None:
    from hpf_cli.console import console, table

    click.echo(
        Words(
            f"已建立 {home.hospital_name}（{home.hospital_code}）：{home.folder}",
            f"Set up {home.hospital_name} ({home.hospital_code}): {home.folder}",
        ).say(lang)
    )
    drawn = table()
    drawn.show_header = False
    shown = home.url if home.database_file() is None else str(home.database_file())
    for words, value in (
        (Words("插件", "Plugins"), ", ".join(home.plugins)),
        (Words("数据库", "Database"), shown),
        (Words("密钥（请另外备份）", "Keys (back them up apart)"), str(home.keys)),
        (Words("管理员", "Administrator"), admin),
        (Words("口令（只显示这一次）", "Password (shown this once)"), password),
    ):
        drawn.add_row(words.say(lang), value)
    console().print(drawn)
    if missing:
        click.echo(
            Words(
                f"还有 {missing} 项由医院决定的参数：请填 {workbook.name}，再运行 "
                f"hpf configure {workbook.name} --home {home.folder}",
                f"{missing} parameters are the hospital's to decide: fill in {workbook.name}, then "
                f"hpf configure {workbook.name} --home {home.folder}",
            ).say(lang)
        )
    click.echo(
        Words(
            f"检查：hpf doctor --home {home.folder}", f"To check: hpf doctor --home {home.folder}"
        ).say(lang)
    )


command_init = init
