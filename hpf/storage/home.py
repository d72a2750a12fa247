"""A hospital's home: the folder with hpf.toml, where its database and its keys are found.

    home = Home.open(Path("/srv/hpf"))
    engine = home.engine()
    with reading(engine) as session:
        hospital = home.hospital(session)

hpf.toml:

    language = "zh"
    plugins = ["township"]            # those that count; others may be installed
    [hospital]
    code = "H01"
    name = "某某中心卫生院"
    [database]
    url = "sqlite:///hpf.db"          # relative to this folder; or postgresql://USER@HOST/NAME
    [keys]
    folder = "keys"                   # outside the database, readable by its owner alone
    [report]                          # how papers look and whom they name (hpf.reports.brand)
    [portal]                          # how the portal is served (hpf.portal.settings)
    [jobs]
    queue = "redis://localhost/0"     # of long jobs; a file in this folder if not said
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from hpf.core.errors import Problem, did_you_mean, nearest_or
from hpf.core.kit.manager import Plugins, load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.storage.engine import connect
from hpf.storage.models import Hospital
from hpf.storage.troubles import StorageError, trouble

FILE = "hpf.toml"
DATABASE = "sqlite:///hpf.db"
KEYS = "keys"
LANGUAGES = ("zh", "en")
_KNOWN: Mapping[str, tuple[str, ...]] = {
    "": ("language", "plugins", "hospital", "database", "keys", "report", "portal", "jobs"),
    "hospital": ("code", "name"),
    "database": ("url",),
    "keys": ("folder",),
    "report": (),  # what stands in it, papers know
    "portal": (),  # and here, the portal
    "jobs": ("queue",),
}


@dataclass(frozen=True, slots=True)
class Home:
    """Where a hospital's HPF lives. url: the database's, absolute; plugins: the enabled ones;
    report, portal: the sections of those names; queue: the address of the queue of jobs, '' for
    a file."""

    folder: Path
    hospital_code: str
    hospital_name: str
    plugins: tuple[str, ...]
    url: str
    keys: Path
    language: str = "zh"
    report: Mapping[str, Any] = field(default_factory=dict)
    queue: str = ""
    portal: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path) -> Home:
        """Read hpf.toml. Raises StorageError with everything that is wrong with it."""
        folder = Path(folder).absolute()
        file = folder / FILE
        data = _toml(file)
        problems = list(_wrong(data, file))
        if problems:
            raise StorageError(problems)
        hospital = data["hospital"]
        return cls(
            folder,
            hospital["code"],
            hospital["name"],
            tuple(data["plugins"]),
            absolute_url(data.get("database", {}).get("url", DATABASE), folder),
            folder / data.get("keys", {}).get("folder", KEYS),
            data.get("language", "zh"),
            data.get("report", {}),
            data.get("jobs", {}).get("queue", ""),
            data.get("portal", {}),
        )

    @property
    def file(self) -> Path:
        """The file all this stands in."""
        return self.folder / FILE

    def database_file(self) -> Path | None:
        """SQLite's file; None where a server keeps the database."""
        address = make_url(self.url)
        name = address.database
        return Path(name) if address.get_backend_name() == "sqlite" and name else None

    def engine(self, *, check: bool = True) -> Engine:
        """The database. check: refuse one that is not at this version's revision.

        Raises StorageError when it is not there, cannot be reached or has another revision.
        """
        file = self.database_file()
        if file is not None and not file.exists():
            words = ("数据库文件不存在", "the database's file is not there")
            cure = (
                "请先运行 hpf init，或用 hpf restore 恢复备份",
                "Run hpf init, or restore a backup with hpf restore",
            )
            raise StorageError([trouble("no_database", words, cure, str(file))])
        engine = connect(self.url)
        if check and (problem := revision_problem(engine)):
            engine.dispose()
            raise StorageError([problem])
        return engine

    def hospital(self, session: Session) -> int:
        """The id of the home's hospital; StorageError where the database does not know it."""
        found = session.scalar(select(Hospital.id).where(Hospital.code == self.hospital_code))
        if found is None:
            known = list(session.scalars(select(Hospital.code).order_by(Hospital.code)))
            words = (
                f"数据库里没有医院 {self.hospital_code}",
                f"the database has no hospital '{self.hospital_code}'",
            )
            cure = nearest_or(
                self.hospital_code,
                known,
                "请改 hpf.toml 的 hospital.code",
                "Mend hospital.code in hpf.toml",
            )
            raise StorageError([trouble("no_hospital", words, cure, str(self.file))])
        return int(found)

    def loaded(self) -> Plugins:
        """The enabled plugins. Raises SchemeError naming those that are missing or broken."""
        return load_plugins(only=self.plugins)

    def programs(self) -> Programs:
        """The schemes of the enabled plugins, each built when asked for."""
        return load_programs(self.loaded())


def write_toml(home: Home, url: str = DATABASE, keys: str = KEYS) -> str:
    """The text of hpf.toml. url and keys: as they shall stand in it, relative or not."""
    return f"""# HPF：本医院的设置。密码不写在这里（PostgreSQL 可用 ~/.pgpass）。
# Settings of this hospital. No passwords in here (PostgreSQL reads ~/.pgpass).
language = {_quoted(home.language)}
plugins = [{", ".join(map(_quoted, home.plugins))}]

[hospital]
code = {_quoted(home.hospital_code)}
name = {_quoted(home.hospital_name)}

[database]
url = {_quoted(url)}

[keys]
folder = {_quoted(keys)}
"""


def absolute_url(url: str, folder: Path) -> str:
    """A database's address, SQLite's file taken from `folder` where it is relative."""
    try:
        address = make_url(url)
    except ArgumentError:
        return url  # `connect` says what is wrong with it
    name = address.database
    if address.get_backend_name() != "sqlite" or not name or Path(name).is_absolute():
        return url
    return address.set(database=str(folder / name)).render_as_string(hide_password=False)


def revision_problem(engine: Engine) -> Problem | None:
    """What is wrong with the database's revision, if anything."""
    from hpf.storage.migrations import current, newest

    found, wanted = current(engine), newest()
    if found == wanted:
        return None
    if found is None:
        words = ("数据库还是空的", "the database is empty")
        cure = ("请运行 hpf init", "Run hpf init")
    elif found < wanted:
        words = (f"数据库是旧版本 {found}", f"the database is at revision {found}, an older one")
        cure = (f"请运行 hpf upgrade 升级到 {wanted}", f"Run hpf upgrade to bring it to {wanted}")
    else:
        words = (f"数据库是较新版本 {found}", f"the database is at revision {found}, a newer one")
        cure = (
            f"本程序只认得 {wanted}：请安装新版 HPF",
            f"This version of HPF knows {wanted}: install a newer one",
        )
    return trouble("revision", words, cure, engine.url.render_as_string(hide_password=True))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(file: Path) -> dict[str, Any]:
    cure = (
        "用 --home 或环境变量 HPF_HOME 指明文件夹；还没有就运行 hpf init",
        "Name the folder with --home or HPF_HOME; to make one: hpf init",
    )
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        words = ("这里不是 HPF 的文件夹：没有 hpf.toml", "there is no hpf.toml here")
        raise StorageError([trouble("no_home", words, cure, str(file.parent))]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        words = (f"hpf.toml 读不懂：{error}", f"hpf.toml cannot be read: {error}")
        raise StorageError([trouble("home", words, place=str(file))]) from error


def _wrong(data: Mapping[str, Any], file: Path) -> list[Problem]:
    found: list[Problem] = []

    def bad(name: str, zh: str, en: str, cure: tuple[str, str] = ("", "")) -> None:
        found.append(trouble("home", (zh, en), cure, str(file), name=name))

    for part, known in _KNOWN.items():
        table = data if not part else data.get(part, {})
        if not isinstance(table, Mapping):
            bad(part, f"{part} 要写成一节 [{part}]", f"'{part}' is a section: [{part}]")
            continue
        for key in table if part not in ("report", "portal") else ():
            if key not in known:
                near = did_you_mean(key, known)
                name = f"{part}.{key}".lstrip(".")
                bad(name, f"没有 {name} 这一项", f"there is no entry '{name}'", near)
            elif key != "plugins" and (part or key not in _KNOWN) and not _text(table[key]):
                name = f"{part}.{key}".lstrip(".")
                bad(name, f"{name} 要写成引号里的文字", f"'{name}' is a text in quotes")
    hospital = data.get("hospital", {})
    for key in ("code", "name"):
        if isinstance(hospital, Mapping) and key not in hospital:
            example = f'[hospital] {key} = "…"'
            bad(f"hospital.{key}", f"缺少 hospital.{key}", f"hospital.{key} is missing",
                (f"请写 {example}", f"Write {example}"))  # fmt: skip
    plugins = data.get("plugins")
    if not isinstance(plugins, list) or not plugins or not all(map(_text, plugins)):
        bad("plugins", "plugins 要列出启用的插件", "'plugins' lists the enabled plugins",
            ('如 plugins = ["township"]', 'For instance plugins = ["township"]'))  # fmt: skip
    language = data.get("language", "zh")
    if _text(language) and language not in LANGUAGES:
        bad("language", f"没有语言 {language}", f"there is no language '{language}'",
            ("请写 zh 或 en", "Write zh or en"))  # fmt: skip
    return found


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
