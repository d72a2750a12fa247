"""`hpf serve`: the portal."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME, home_of
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.portal import PortalSettings
    from hpf.storage.home import Home

THREADS = 8
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = Option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8080,
    metavar="PORT",
    words=Words("端口（默认 8080）", "The port (8080)"),
)


@command(
    Words(
        "打开门户网站（Ctrl-C 结束）。默认只有本机能访问；给别人用请在 hpf.toml 的 [portal] "
        "写 hosts，前面放一个 TLS 代理。",
        "Serve the portal (Ctrl-C ends it). Only this machine reaches it unless [portal] in "
        "hpf.toml names hosts; put a TLS proxy in front of it for others.",
    ),
    Option(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        words=Words("监听的地址（默认 127.0.0.1）", "The address to listen on (127.0.0.1)"),
    ),
    PORT,
    Option(
        "--dev",
        is_flag=True,
        words=Words(
            "开发用：改了代码自动重载；不要给别人用",
            "For developers: reloads when code changes; for nobody else",
        ),
    ),
    HOME,
)
def serve(host: str, port: int, dev: bool, home: str | None) -> None:
    if not dev:  # a reloaded process finds the port taken by the one that reloads it
        check_port(host, port)
    serve_home(home_of(home), host, port, dev=dev)


def check_port(host: str, port: int) -> None:
    """HpfError where nobody can listen there: told before any work is done."""
    try:
        ways = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in ways:
            with socket.socket(family, kind, protocol) as tried:
                if os.name == "posix":  # elsewhere it would share the port
                    tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                tried.bind(address)
    except OSError as error:
        raise problem(
            "port",
            f"不能在这里监听：{error.strerror}",
            f"cannot listen here: {error.strerror}",
            ("请用 --port 另指定端口", "Name another port with --port"),
            f"{host}:{port}",
        ) from error


def serve_home(home: Home, host: str, port: int, *, dev: bool = False) -> None:
    """The portal of a home, until Ctrl-C. Raises HpfError where its settings do not hold."""
    from hpf.portal import PortalSettings, create_app

    if dev and host not in LOOPBACK:
        raise problem(
            "dev_open",
            "--dev 只供本机，不能在别的地址监听",
            "--dev is for this machine alone and listens on no other address",
            ("去掉 --dev，或用 127.0.0.1", "Leave --dev out, or listen on 127.0.0.1"),
            host,
        )
    settings = PortalSettings.of(home, dev=dev)
    app = create_app(settings)
    _tell(settings, host, port)
    if dev:
        app.run(host, port, debug=True, use_evalex=False)
        return
    import waitress

    from hpf.portal.heads import signed
    from hpf.portal.pages.calculate_job import lost
    from hpf.portal.warming import warmed

    try:
        lost(app.extensions["hpf"])
        with signed(app), warmed(app):
            waitress.serve(app, host=host, port=port, threads=THREADS, ident=None)
    finally:
        app.extensions["hpf"].engine.dispose()


def _tell(settings: PortalSettings, host: str, port: int) -> None:
    words = Words(f"门户：http://{host}:{port}/", f"The portal: http://{host}:{port}/")
    click.echo(words.say(language()))
    if not settings.https and host not in LOOPBACK:
        words = Words(
            "注意：没有 TLS，口令在网上可被看到。请在前面放 TLS 代理并写 https = true。",
            "Mind: without TLS passwords can be read on the way. Put a TLS proxy in front and set "
            "https = true.",
        )
        click.echo(words.say(language()), err=True)


command_serve = serve
