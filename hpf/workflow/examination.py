"""What `hpf doctor` looks at, one check after the other; none stops the others."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Engine, select, text

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.kit.manager import installed_names
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import kept_heads, public_key
from hpf.storage.configuration import lacking
from hpf.storage.engine import is_sqlite, reading
from hpf.storage.home import revision_problem
from hpf.storage.imports import check_import
from hpf.storage.keys import key_problems
from hpf.storage.migrations.r0001_triggers import CLOSE, GROW
from hpf.storage.models import Import, StoredRun, User
from hpf.workflow.examination_files import (
    Finding,
    backups,
    bad,
    files,
    leftovers,
    problem,
    questionnaires,
)
from hpf.workflow.workdays import Calendar

if TYPE_CHECKING:
    from hpf.storage.home import Home

LITTLE = 500 * 1024 * 1024  # free bytes below which the next month may not fit
CHECKED = 24  # the latest imports, whose digests are computed again


def examine(home: Home, today: dt.date | None = None) -> list[Finding]:
    """Every check, in an order in which the first thing to mend comes first."""
    day = today or dt.datetime.now().astimezone().date()
    found = [
        Finding("home", "good", Text(f"设置：{home.file}", f"Settings: {home.file}")),
        _plugins(home),
        _keys(home),
        _disk(home),
        backups(home),
        leftovers(home),
        _calendar(day),
    ]
    try:
        engine = home.engine(check=False)
    except HpfError as error:
        return [*found, bad("database", "数据库", "Database", error.problems)]
    try:
        found += _database(home, engine, day)
    finally:
        engine.dispose()
    return found


def _database(home: Home, engine: Engine, day: dt.date) -> Iterator[Finding]:
    wrong = revision_problem(engine)
    if wrong is not None:
        yield bad("database", "数据库", "Database", [wrong])
        return
    yield Finding(
        "database", "good", Text("数据库：可用，版本最新", "Database: reachable, current")
    )
    checks: Sequence[tuple[str, str, str, Callable[[Home, Engine, dt.date], Finding]]] = (
        ("integrity", "数据库完整性", "Integrity of the database", _integrity),
        ("triggers", "防改触发器", "Triggers that refuse changes", _triggers),
        ("hospital", "医院与账号", "Hospital and accounts", _hospital),
        ("open", "未完成的写入", "Unfinished writing", _open),
        ("audit", "审计链", "The audit chain", _audit),
        ("imports", "最近导入的数据", "The latest imports", _imports),
        ("parameters", "由医院决定的参数", "What the hospital decides", _parameters),
        ("files", "佐证和原件", "Evidence and originals", files),
        ("questionnaires", "未结束的问卷", "Open questionnaires", questionnaires),
    )
    for code, zh, en, check in checks:
        try:
            yield check(home, engine, day)
        except HpfError as error:
            yield bad(code, zh, en, error.problems)


def _plugins(home: Home) -> Finding:
    try:
        programs = home.programs()
    except HpfError as error:
        return bad("plugins", "插件", "Plugins", error.problems)
    broken: list[Problem] = []
    for code in programs:
        try:
            programs[code]
        except HpfError as error:
            broken += error.problems
    if broken:
        return bad("plugins", "方案", "Schemes", broken)
    count = len(programs)
    idle = [n for n in installed_names() if n not in home.plugins]
    said = Text(
        f"插件：{'、'.join(home.plugins)}，{count} 个方案",
        f"Plugins: {', '.join(home.plugins)}; {count} schemes",
    )
    if idle:
        said = Text(
            f"{said.zh}（已安装未启用：{'、'.join(idle)}）",
            f"{said.en} (installed but not enabled: {', '.join(idle)})",
        )
    return Finding("plugins", "good", said)


def _keys(home: Home) -> Finding:
    wrong = key_problems(home.keys)
    if wrong:
        return bad("keys", "密钥", "Keys", wrong)
    return Finding("keys", "good", Text(f"密钥：{home.keys}", f"Keys: {home.keys}"))


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(home.folder).free
    file = home.database_file()
    size = file.stat().st_size if file is not None and file.exists() else 0
    needed = max(LITTLE, 2 * size)  # a backup, and the copy that an upgrade makes
    shown = Text(f"磁盘：还有 {free // 10**6} MB", f"Disk: {free // 10**6} MB free")
    if free >= needed:
        return Finding("disk", "good", shown)
    cure = (
        "请腾出空间：备份和升级都要一份数据库的大小",
        "Make room: backup and upgrade each need the database's size once more",
    )
    zh, en = f"至少应有 {needed // 10**6} MB", f"there should be {needed // 10**6} MB at least"
    return Finding("disk", "problem", shown, (problem("disk", zh, en, cure, str(home.folder)),))


def _calendar(today: dt.date) -> Finding:
    calendar = Calendar()
    lacking: list[tuple[int, Problem]] = []
    for year in (today.year, today.year + 1):
        try:
            calendar.is_working_day(dt.date(year, 1, 1))
        except HpfError as error:
            lacking.append((year, error.problems[0]))
    if not lacking:
        last = today.year + 1
        said = Text(f"工作日历：到 {last} 年", f"Working days: published up to {last}")
        return Finding("calendar", "good", said)
    # the next year's calendar comes out in November: before December nothing is late
    urgent = lacking[0][0] == today.year or today.month == 12
    years = "、".join(str(y) for y, _ in lacking)
    said = Text(f"工作日历：缺 {years} 年", f"Working days: no calendar of {years}")
    return Finding(
        "calendar", "problem" if urgent else "notice", said, tuple(p for _, p in lacking)
    )


def _integrity(home: Home, engine: Engine, _: dt.date) -> Finding:
    with reading(engine) as session:
        connection = session.connection()
        if not is_sqlite(connection):
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
            said = Text(f"数据库服务：PostgreSQL {version}", f"Server: PostgreSQL {version}")
            return Finding("integrity", "good", said)
        said_by = list(connection.exec_driver_sql("PRAGMA quick_check").scalars())
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    file = home.database_file()
    wrong: list[Problem] = []
    if said_by != ["ok"] or loose:
        said_text = "; ".join(map(str, said_by[:3]))
        cure = ("请用 hpf restore 恢复最近的备份", "Restore the latest backup with hpf restore")
        words = (f"数据库有损坏：{said_text}", f"the database is damaged: {said_text}")
        wrong.append(problem("integrity", *words, cure, str(file)))
    if file is not None and os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        cure = (f"请运行 chmod 600 {file}", f"Run chmod 600 {file}")
        wrong.append(problem("mode", "别人也能读取数据库", "others may read the database", cure,
                              str(file)))  # fmt: skip
    if wrong:
        return bad("integrity", "数据库文件", "The database's file", wrong)
    return Finding("integrity", "good", Text("数据库文件：完好", "The database's file: sound"))


def _triggers(home: Home, engine: Engine, _: dt.date) -> Finding:
    with reading(engine) as session:
        connection = session.connection()
        if is_sqlite(connection):
            query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'hpf%'"
        else:
            query = (
                "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
                "WHERE t.tgname LIKE 'hpf%' AND t.tgenabled IN ('O', 'A')"
            )
        guarded = set(connection.execute(text(query)).scalars())
    open_ = sorted({*GROW, *CLOSE} - guarded)
    if open_:
        cure = (
            "有人去掉了防改触发器：请查明，并用备份比对",
            "Somebody took them away: find out who, and compare with a backup",
        )
        names = ", ".join(open_)
        wrong = problem("triggers", f"这些表不再防改：{names}", f"unguarded tables: {names}", cure)
        return bad("triggers", "防改触发器", "Triggers that refuse changes", [wrong])
    return Finding("triggers", "good", Text("防改触发器：齐全", "Triggers: all there"))


def _hospital(home: Home, engine: Engine, _: dt.date) -> Finding:
    with reading(engine) as session:
        home.hospital(session)
        users = list(session.scalars(select(User).where(User.active.is_(True))))
    if not users:
        cure = ("请建立账号", "Make an account")
        wrong = problem("users", "没有可用的账号", "there is no active account", cure)
        return bad("hospital", "账号", "Accounts", [wrong])
    said = Text(
        f"医院：{home.hospital_name}（{home.hospital_code}），{len(users)} 个账号",
        f"Hospital: {home.hospital_name} ({home.hospital_code}), {len(users)} accounts",
    )
    return Finding("hospital", "good", said)


def _open(home: Home, engine: Engine, _: dt.date) -> Finding:
    with reading(engine) as session:
        imports = list(session.scalars(select(Import.id).where(Import.digest.is_(None))))
        runs = list(session.scalars(select(StoredRun.id).where(StoredRun.seal.is_(None))))
    if imports or runs:
        cure = (
            "HPF 自己不会留下这样的记录：请查明是谁写的，并与备份比对",
            "HPF itself leaves none: find out who wrote them, and compare with a backup",
        )
        words = (
            f"未完成的导入 {imports}，未封存的运行 {runs}",
            f"imports without a digest {imports}, runs without a seal {runs}",
        )
        wrong = problem("open", *words, cure)
        return bad("open", "未完成的写入", "Unfinished writing", [wrong])
    return Finding("open", "good", Text("没有未完成的写入", "Nothing is half-written"))


def _audit(home: Home, engine: Engine, _: dt.date) -> Finding:
    with reading(engine) as session:
        verdict = verify(session, public_key(home.keys), kept_heads(home.keys))
    if verdict.problems:
        return bad("audit", "审计链", "The audit chain", verdict.problems)
    said = Text(
        f"审计链：{verdict.entries} 条，已签名到第 {verdict.signed} 条",
        f"Audit: {verdict.entries} entries, signed up to number {verdict.signed}",
    )
    return Finding("audit", "good", said)


def _imports(home: Home, engine: Engine, _: dt.date) -> Finding:
    wrong: list[Problem] = []
    with reading(engine) as session:
        latest = session.scalars(
            select(Import)
            .where(Import.digest.is_not(None))
            .order_by(Import.id.desc())
            .limit(CHECKED)
        ).all()
        for one in latest:
            try:
                check_import(session, one)
            except HpfError as error:
                wrong += error.problems
    if wrong:
        return bad("imports", "最近导入的数据", "The latest imports", wrong)
    count = len(latest)
    said = Text(f"最近 {count} 次导入的摘要相符", f"The latest {count} imports have their digests")
    return Finding("imports", "good", said)


def _parameters(home: Home, engine: Engine, day: dt.date) -> Finding:
    with reading(engine) as session:
        missing = lacking(session, home.hospital(session), home.programs(), day)
    if missing:
        names = ", ".join(f"{m.scheme}.{m.parameter.name}" for m in missing[:8])
        more = "…" if len(missing) > 8 else ""
        cure = ("用 hpf configure 查看并填写", "See and fill them in with hpf configure")
        wrong = problem("parameters", f"{day} 缺 {len(missing)} 项：{names}{more}",
                         f"{len(missing)} missing on {day}: {names}{more}", cure)  # fmt: skip
        return bad("parameters", "由医院决定的参数", "What the hospital decides", [wrong])
    return Finding("parameters", "good", Text("参数：齐全", "Parameters: none is missing"))
