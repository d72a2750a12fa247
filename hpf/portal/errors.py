"""What a page says when something is not so: what, why, what is kept, what to do now.

A failure of ours gets a number; the same number stands in the server's log, with the trace. Pages
never show a trace, a path, or a value.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as Waited
from werkzeug.exceptions import HTTPException, SecurityError

from hpf.core.errors import HpfError, Text
from hpf.portal.language import language, say
from hpf.storage.cycles import local_day

log = logging.getLogger("hpf.portal")
_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"
PAGES: dict[int, tuple[str, Text, Text]] = {
    400: ("warning", Text("这个请求不完整", "The request is incomplete"),
          Text("表单可能过期了，或在另一页已经提交。什么都没有写入。",
               "The form may be out of date, or was sent from another page. Nothing was written.")),
    401: ("locked", Text("您已退出登录", "You are logged out"),
          Text("隔了很久没有操作，或口令已重置。没有提交的内容没有写入。",
               "It was long ago, or the password was reset. What was not sent was not written.")),
    403: ("locked", Text("这一页不对您开放", "This page is not open to you"),
          Text("您的账号没有这项权限。需要的话，请找信息科开通。",
               "Your account has no right to it. If you need it, ask IT.")),
    404: ("later", Text("没有这一页", "There is no such page"),
          Text("地址可能写错了，或这一页已不存在。",
               "The address may be wrong, or the page is gone.")),
    405: ("later", Text("这一页不能这样打开", "The page cannot be opened this way"),
          Text("请从首页重新进入。", "Start again from the home page.")),
    409: ("warning", Text("别人刚刚改过", "Somebody changed it just now"),
          Text("您看到的已不是最新的。什么都没有写入。",
               "What you saw is no longer current. Nothing was written.")),
    413: ("error", Text("文件太大", "The file is too large"),
          Text("超过了允许的大小，没有上传。", "It is above the limit and was not uploaded.")),
    422: ("error", Text("还不能这样做", "It cannot be done yet"),
          Text("每一项都写明怎样解决。什么都没有写入。",
               "Each line says what to do about it. Nothing was written.")),
    429: ("warning", Text("请求太多，稍等一分钟", "Too many requests: wait a minute"),
          Text("为防止猜口令，限制了次数。",
               "The number is bounded, against guessing of passwords.")),
    500: ("error", Text("出错了", "Something failed"),
          Text("这是程序的问题，不是您的。已写入的数据没有丢失，这一次的操作没有写入。",
               "It is our fault, not yours. What was written is kept; this step was not written.")),
    503: ("error", Text("数据库暂时用不了", "The database cannot be reached"),
          Text("已写入的数据没有丢失，这一次的操作没有写入。",
               "What was written is kept; this step was not written.")),
}  # fmt: skip
_HOME = Text("回首页", "To the home page")
_LOGIN = Text("重新登录", "Log in again")
_TELL = Text("告诉信息科", "Tell the IT desk")
_AGAIN = Text("再试一次", "Try again")


def install(app: Flask) -> None:
    """Pages for every way in which an answer may fail."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HpfError, _problems)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Waited, _database)  # for a connection: too many ask at once
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(DataError, _out_of_range)
    app.register_error_handler(OverflowError, _out_of_range)
    app.register_error_handler(Exception, _failed)


def number() -> str:
    """A number to be told on the phone: E-7K2M-1128, the day in it."""
    today = local_day(dt.datetime.now(dt.UTC))
    return f"E-{''.join(secrets.choice(_LETTERS) for _ in range(4))}-{today:%m%d}"


def page(code: int, problems: tuple[Any, ...] = (), told: str = "") -> Response:
    """The page for a status; problems: to be listed; told: the number for the IT desk."""
    kind, title, why = PAGES.get(code, PAGES[400 if code < 500 else 500])
    g.hpf_error = told
    rows = []
    if told:
        moment = f"{dt.datetime.now(dt.UTC).astimezone(_china()):%Y-%m-%d %H:%M:%S}"
        rows.append(
            (say(_TELL), f"{told}，{moment}" if language() == "zh" else f"{told}, {moment}", "", "")
        )
    action = (say(_HOME), url_for("home.index"))
    other = None
    if code == 401:
        action = (say(_LOGIN), url_for("security.login"))
    if code >= 500 and request.method == "GET":
        other = (say(_AGAIN), request.full_path.rstrip("?"))
    body = render_template(
        "error.html", kind=kind, title=say(title), why=say(why), rows=rows, problems=problems,
        action=action, other=other,
    )  # fmt: skip
    response: Response = make_response(body, code)
    return response


def _china() -> dt.tzinfo:
    from hpf.storage.cycles import CHINA

    return CHINA


def _http(error: HTTPException) -> Any:
    if isinstance(error, SecurityError):  # a host that is not ours: no page of ours, and its name
        return Response("400\n", 400, mimetype="text/plain")  # is not said back
    if error.response is not None:
        return error
    code = error.code or 500
    if 300 <= code < 400:
        return error
    return page(code, told=number() if code >= 500 else "")


def _csrf(_error: CSRFError) -> Any:
    """A form without its token: the session is over, or the page is an old one."""
    from hpf.portal.access import viewer

    if request.endpoint == "security.login":
        return redirect(url_for("security.login"))
    return page(400 if viewer() else 401)


def _problems(error: HpfError) -> Response:
    """What the framework refuses, with every reason."""
    if any(p.code in _OUTAGES for p in error.problems):
        return _down(error)
    return page(422, error.problems)


def _database(error: OperationalError | Waited) -> Response:
    return _down(error)


def _down(error: Exception) -> Response:
    told = number()
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
    g.hpf_viewer = None  # this page asks the database nothing more
    log.error("%s: the database: %s", told, type(error).__name__, exc_info=error)
    return page(503, told=told)


def _collided(error: Exception) -> Response:
    """Two wrote the same at once, and the database took the first: a page for the second."""
    told = number()
    log.warning("%s: %s %s: %s", told, request.method, request.endpoint, type(error).__name__)
    return page(409, told=told)


def _out_of_range(error: Exception) -> Response:
    """A value that the database has no room for."""
    told = number()
    log.warning("%s: %s %s: %s", told, request.method, request.endpoint, type(error).__name__)
    return page(400, told=told)


def _failed(error: Exception) -> Response:
    told = number()
    log.error("%s: %s %s", told, request.method, request.endpoint, exc_info=error)
    return page(500, told=told)


_OUTAGES = frozenset({"storage.unreachable", "storage.busy", "storage.full", "storage.damaged",
                      "storage.readonly", "storage.gone"})  # fmt: skip
