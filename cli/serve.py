"""`hpf serve`: the portal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME, home_of
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.portal import PortalSettings

THREADS = 8


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
    Option(
        "--port",
        type=click.IntRange(1, 65535),
        default=8080,
        metavar="PORT",
        words=Words("端口（默认 8080）", "The port (8080)"),
    ),
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
    from hpf.portal import PortalSettings, create_app

    settings = PortalSettings.of(home_of(home), dev=dev)
    app = create_app(settings)
    _tell(settings, host, port)
    if dev:
        app.run(host, port, debug=True, use_evalex=False)
        return
    import waitress

    waitress.serve(app, host=host, port=port, threads=THREADS, ident=None)


def _tell(settings: PortalSettings, host: str, port: int) -> None:
    words = Words(f"门户：http://{host}:{port}/", f"The portal: http://{host}:{port}/")
    click.echo(words.say(language()))
    if not settings.https and host not in ("127.0.0.1", "localhost", "::1"):
        words = Words(
            "注意：没有 TLS，口令在网上可被看到。请在前面放 TLS 代理并写 https = true。",
            "Mind: without TLS passwords can be read on the way. Put a TLS proxy in front and set "
            "https = true.",
        )
        click.echo(words.say(language()), err=True)


command_serve = serve
