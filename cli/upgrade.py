"""`hpf upgrade`: the database brought to this version, or left exactly as it was."""

from __future__ import annotations

import click

from hpf_cli.backup import ENCRYPT
from hpf_cli.group import command, language
from hpf_cli.home import BY, HOME, home_of, who
from hpf_cli.import_ import working
from hpf_cli.speech import Words


@command(
    Words(
        "升级数据库：先备份，再迁移，核对全部封印和审计链，都对才生效；否则数据库原样不动。",
        "Bring the database to this version: back up, migrate, verify every seal and the audit "
        "chain. Only if all hold does it count; otherwise the database stays as it was.",
    ),
    ENCRYPT,
    BY,
    HOME,
)
def upgrade(encrypt: bool, by: str | None, home: str | None) -> None:
    """The backup stays, whatever comes of it."""
    from hpf.storage.migrations import current, newest
    from hpf.storage.upgrading import upgrade_database
    from hpf.workflow.backups import about, place_of
    from hpf_cli.secret import passphrase

    lang = language()
    at = home_of(home)
    engine = at.engine(check=False)
    try:
        if current(engine) == newest():
            words = Words(f"已是最新版本 {newest()}。", f"It is at the newest, {newest()}.")
            click.echo(words.say(lang))
            return
        secret = passphrase(new=True) if encrypt else ""
        place = place_of(at)
        with working(Words("正在升级…", "Upgrading…"), lang):
            done = upgrade_database(
                engine, at.keys, place, by=who(by), passphrase=secret, about=about(at),
                home=at.folder,
            )  # fmt: skip
    finally:
        engine.dispose()
    words = Words(
        f"已从 {done.before} 升级到 {done.after}；升级前的备份：{place}",
        f"Upgraded from {done.before} to {done.after}; the backup from before: {place}",
    )
    click.echo(words.say(lang))


command_upgrade = upgrade
