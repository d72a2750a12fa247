"""Forms as a browser sends them: with the token of the page they stand on."""

from __future__ import annotations

import re

from flask.testing import FlaskClient


def token(client: FlaskClient, path: str) -> str:
    """The CSRF token of a page."""
    found = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).get_data(as_text=True)
    )
    assert found, path
    return found[1]


def send(client: FlaskClient, path: str, data: dict[str, str], page: str | None = None):
    """Fill in the form of a page and send it."""
    return client.post(path, data={"csrf_token": token(client, page or path), **data})
