"""`hpf user`: accounts, their roles in this hospital, and new passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.acting import AS, acting, role_of
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from hpf.workflow.acting import Act

# of the portal alone: they move no cycle
BESIDE = ("finance", "auditor", "assessor", "expert", "assessed")
LOGIN = Argument("login", metavar="LOGIN", words=Words("登录名", "The account's login"))


def _keeps_accounts(act: Act) -> None:
    from hpf.workflow.acting import actor
    from hpf.workflow.roles import Role

    actor(act, {Role.IT})


@command(
    Words(
        "新建账号，并给出第一个口令。口令只显示一次，首次登录须更改。",
        "Make an account, with a first password. It is shown once and changed at the first login.",
    ),
    LOGIN,
    Option("--name", default="", metavar="NAME", words=Words("姓名", "The person's name")),
    Option(
        "--staff",
        metavar="CODE",
        words=Words("此人在名册里的工号", "The person's code in the register of staff"),
    ),
    AS,
    HOME,
)
def add(login: str, name: str, staff: str | None, account: str, home: str | None) -> None:
    from sqlalchemy import select

    from hpf.storage.models import Staff
    from hpf.storage.people import create_user
    from hpf_cli.stops import problem

    lang = language()
    with acting(home, account) as (_, act):
        _keeps_accounts(act)
        person = None
        if staff is not None:
            query = select(Staff.id).where(Staff.hospital_id == act.hospital, Staff.code == staff)
            person = act.session.scalar(query)
            if person is None:
                raise problem(
                    "staff",
                    f"名册里没有工号 {staff}",
                    f"the register has no staff '{staff}'",
                    ("先登记：hpf register", "Register them first: hpf register"),
                )
        _, password = create_user(
            act.session,
            login,
            name or login,
            by=account,
            hospital=act.code,
            staff=person,
            detail=act.told(),
        )
    click.echo(
        Words(
            f"已建账号 {login}。口令（只显示这一次）：{password}",
            f"Made account {login}. Password (shown this once): {password}",
        ).say(lang)
    )


@command(
    Words(
        "查看、增加或去掉一个账号在本院的角色。科室角色要写明科室：departments:科室代码。",
        "Show an account's roles in this hospital, add or remove some. Departments by name: "
        "departments:CODE.",
    ),
    LOGIN,
    Option(
        "--add",
        "added",
        multiple=True,
        metavar="ROLE",
        words=Words(
            "增加：management、hr、it、departments:科室代码；只看门户的：finance、auditor、assessor",
            "Add: management, hr, it or departments:CODE; for the portal alone: finance, auditor, "
            "assessor",
        ),
    ),
    Option("--remove", "removed", multiple=True, metavar="ROLE", words=Words("去掉", "Remove")),
    AS,
    HOME,
)
def roles(
    login: str,
    added: tuple[str, ...],
    removed: tuple[str, ...],
    account: str,
    home: str | None,
) -> None:
    from hpf.core.errors import HpfError
    from hpf.storage.people import find_user, grant, holdings, revoke
    from hpf.workflow.roles import appointment_problems
    from hpf.workflow.situation import appointments
    from hpf_cli.stops import problem

    lang = language()
    with acting(home, account) as (_, act):
        _keeps_accounts(act)
        if login == account and added:
            raise problem(
                "own_role",
                "不能给自己的账号增加角色",
                "you cannot give a role to your own account",
                ("请由另一个信息部门账号操作", "Let another account of IT do it"),
                login,
            )
        user = find_user(act.session, login, active=False)
        for wanted, change in ((removed, revoke), (added, grant)):
            for text in wanted:
                role, _, unit = text.partition(":")
                if role not in BESIDE:
                    role_of(role)
                change(
                    act.session,
                    user,
                    role,
                    hospital=act.hospital,
                    department=unit,
                    by=account,
                    detail=act.told(),
                )
        act.session.flush()
        bad = [
            p
            for p in appointment_problems(appointments(act.session, act.hospital))
            if p.place == login
        ]
        if bad:
            raise HpfError(bad)
        held = {h.login: h.roles for h in holdings(act.session, act.hospital)}[login]
    shown = _said(held, lang) or Words("（没有角色）", "(no role)").say(lang)
    click.echo(f"{login}: {shown}")


def _said(held: object, lang: str) -> str:
    from collections.abc import Mapping

    from hpf.workflow.roles import Role

    assert isinstance(held, Mapping)
    parts = []
    for role, units in sorted(held.items()):
        name = Role(role).names.say(lang) if role in set(Role) else role
        parts.append(name + (f" ({', '.join(sorted(units))})" if units else ""))
    return "；".join(parts) if lang == "zh" else "; ".join(parts)


@command(
    Words(
        "列出所有账号和它们在本院的角色，以及还没有人担任的角色。",
        "List all accounts with their roles in this hospital, and the roles nobody holds.",
    ),
    HOME,
)
def list_(home: str | None) -> None:
    from hpf.storage.engine import reading
    from hpf.storage.people import holdings
    from hpf.workflow.roles import appointment_problems
    from hpf.workflow.situation import appointments
    from hpf_cli.console import console, table
    from hpf_cli.stops import show_notices

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        hospital = at.hospital(session)
        everyone = holdings(session, hospital)
        bad = appointment_problems(appointments(session, hospital))
    drawn = table()
    for words in (Words("账号", "Account"), Words("姓名", "Name"), Words("角色", "Roles")):
        drawn.add_column(words.say(lang))
    for one in everyone:
        shut = "" if one.active else Words("（已停用）", " (shut)").say(lang)
        drawn.add_row(one.login + shut, one.name, _said(one.roles, lang))
    console().print(drawn)
    show_notices(bad, lang)


@command(
    Words(
        "给账号一个新口令（只显示一次，首次登录须更改）。",
        "Give an account a new password, shown once and changed at the first login.",
    ),
    LOGIN,
    AS,
    HOME,
)
def reset(login: str, account: str, home: str | None) -> None:
    from hpf.storage.people import find_user, reset_password

    lang = language()
    with acting(home, account) as (_, act):
        _keeps_accounts(act)
        user = find_user(act.session, login, active=False)
        password = reset_password(
            act.session, user, by=account, hospital=act.code, detail=act.told()
        )
    click.echo(
        Words(
            f"{login} 的新口令（只显示这一次）：{password}",
            f"New password of {login} (shown this once): {password}",
        ).say(lang)
    )


def _turn(login: str, account: str, home: str | None, active: bool) -> None:
    from hpf.storage.people import find_user, set_active
    from hpf_cli.stops import problem

    lang = language()
    with acting(home, account) as (_, act):
        _keeps_accounts(act)
        if login == account and not active:
            raise problem("own_account", "不能停用自己的账号", "you cannot shut your own account")
        user = find_user(act.session, login, active=False)
        set_active(act.session, user, active, by=account, hospital=act.code, detail=act.told())
    done = Words("已启用", "is open") if active else Words("已停用", "is shut")
    click.echo(f"{login} {done.say(lang)}")


@command(
    Words("停用账号（记录都保留）。", "Shut an account; what it did stays on record."),
    LOGIN,
    AS,
    HOME,
)
def shut(login: str, account: str, home: str | None) -> None:
    _turn(login, account, home, active=False)


@command(Words("重新启用账号。", "Open an account again."), LOGIN, AS, HOME)
def open_(login: str, account: str, home: str | None) -> None:
    _turn(login, account, home, active=True)


command_user = Verbs(
    "user",
    Words("账号、角色和口令。", "Accounts, their roles and passwords."),
    [add, roles, list_, reset, shut, open_],
    closing=Words(
        "由信息部门（角色 it）操作；hpf init 建的第一个管理员就是。",
        "IT keeps accounts (role it); the first administrator made by hpf init does.",
    ),
)
