"""Every page of everybody, read as a browser reads it: nothing inline, a token in every form, all
headers, no address outside, no path and no secret of the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import portal_homes as homes
import pytest
from flask.testing import FlaskClient

from hpf.storage.home import Home

pytestmark = pytest.mark.slow


class Page(HTMLParser):
    """What a policy would stop, and what a form lacks."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.links: list[str] = []
        self.form: dict[str, str] | None = None
        self.token = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag == "style" or "style" in given:
            self.wrong.append(f"<{tag}> with a style")
        if tag == "script" and "src" not in given:
            self.wrong.append("a script in the page")
        self.wrong += [f"<{tag} {k}>" for k in given if k.startswith("on")]
        for name in ("src", "href", "action", "formaction", "hx-get", "hx-post"):
            value = given.get(name, "")
            if value != "data:," and re.match(
                r"\s*(javascript|data|vbscript|https?):|\s*//", value, re.IGNORECASE
            ):
                self.wrong.append(f"<{tag} {name}={value[:40]}>")
            if tag == "a" and name == "href" and value.startswith("/"):
                self.links.append(value)
        if given.get("target") == "_blank":
            self.wrong.append("a link into a new window")
        if tag == "form":
            self.form, self.token = given, False
        if tag == "input" and given.get("name") == "csrf_token":
            self.token = bool(given.get("value"))
        changes = any(k in ("hx-post", "hx-put", "hx-patch", "hx-delete") for k in given)
        if changes and "csrf" not in given.get("hx-headers", "") + given.get("hx-include", ""):
            self.wrong.append(f"<{tag}> changes something without a token")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.form is not None:
            posts = self.form.get("method", "get").lower() == "post"
            if posts and not self.token:
                self.wrong.append(f"a form without a token: {self.form.get('action')}")
            if not posts and self.token:
                self.wrong.append(f"a token in an address: {self.form.get('action')}")
            self.form = None


def crawled(client: FlaskClient, most: int = 150) -> Iterator[tuple[str, object]]:
    """Pages from the home page on, each kind of address once or twice."""
    todo, seen, kinds = ["/", "/password", "/nothing", "/pay/x", "/s/", "/s/9/x"], set(), {}
    todo += sorted(r.rule for r in client.application.url_map.iter_rules()
                   if "GET" in r.methods and not r.arguments)  # fmt: skip
    while todo and len(seen) < most:
        path = todo.pop(0)
        kind = re.sub(r"\d+|K\d\d(-\d+)?", "#", path.partition("?")[0])
        if path in seen or kinds.get(kind, 0) > 1 or path.endswith((".pdf", ".xlsx")):
            continue
        seen.add(path)
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = client.get(path)
        yield path, answer
        if answer.mimetype == "text/html":
            page = Page()
            page.feed(answer.get_data(as_text=True))
            todo += page.links


@pytest.mark.parametrize("name", [None, *homes.ROLES])
def test_every_page_holds_to_the_policy(reader, made_home, name: str | None) -> None:
    client, wrong = reader(name), []
    home = Home.open(made_home)
    secrets = [p.read_bytes().hex()[:32] for p in home.keys.iterdir() if p.is_file()]
    for path, answer in crawled(client):
        if answer.status_code >= 500:
            wrong.append((path, str(answer.status_code)))
        body = answer.data.decode("utf-8", "replace")
        if answer.mimetype == "text/html":
            page = Page()
            page.feed(body)
            wrong += [(path, w) for w in page.wrong]
        policy = answer.headers["Content-Security-Policy"]
        if "unsafe" in policy or "frame-ancestors 'none'" not in policy:
            wrong.append((path, policy))
        for header, value in (("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
                              ("Referrer-Policy", "same-origin")):  # fmt: skip
            if answer.headers.get(header) != value:
                wrong.append((path, header))
        if not path.startswith("/static") and "no-store" not in answer.headers["Cache-Control"]:
            wrong.append((path, "kept"))
        for bad in (str(home.folder), str(made_home.parent), "Traceback", "sqlite:", "argon2",
                    "fs_uniquifier", *secrets):  # fmt: skip
            if bad in body:
                wrong.append((path, f"tells {bad[:20]}"))
        if answer.headers.get("Server", "").lower().startswith(("werkzeug", "waitress")):
            wrong.append((path, "tells its server"))
    assert not wrong
