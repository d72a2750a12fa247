"""Filling in an entry form as a browser does: the page, the preview, the confirmation."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from portal_forms import token

from hpf.core.facts import Facts
from hpf.storage.engine import reading
from hpf.storage.facts import facts_at
from hpf.storage.home import Home

_INPUT = re.compile(r"<input[^>]*>")
_SELECT = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)


def held(page: str) -> dict[str, str]:
    """What the last form of a page would send, untouched."""
    body = page[page.index('name="base"') - 400 :]
    found = {}
    for tag in _INPUT.findall(body):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' not in tag:
            found[unescape(name[1])] = unescape(value[1]) if value else ""
    for name, inside in _SELECT.findall(body):
        chosen = re.search(r'<option selected value="([^"]*)"|value="([^"]*)" selected', inside)
        found[unescape(name)] = unescape(next(filter(None, chosen.groups()), "")) if chosen else ""
    return found


def send(client: FlaskClient, code: str, data: dict[str, str]) -> Any:
    """What was opened with some cells changed, to the preview."""
    return client.post(f"/entry/forms/{code}", data=data)


def filled(client: FlaskClient, code: str, **cells: str) -> dict[str, str]:
    """A form as it was opened, with cells typed over; `K01__visits` is the cell of row K01."""
    page = client.get(f"/entry/forms/{code}").get_data(as_text=True)
    data = held(page)
    for name, value in cells.items():
        id, _, column = name.rpartition("__")
        key = f"v|{id.replace('_', '-')}|{column}"
        assert key in data, (key, sorted(data)[:8])
        data[key] = value
    return data


def confirm(client: FlaskClient, code: str, preview: Any, **more: str) -> Any:
    """Confirm what a preview shows."""
    assert preview.status_code == 200, preview.get_data(as_text=True)[-1500:]
    page = preview.get_data(as_text=True)
    first = page[: page.index("</form>", page.index('name="base"'))]
    data = {**held(first), **more, "csrf_token": token(client, "/entry/")}
    return client.post(f"/entry/forms/{code}/confirm", data=data)


def facts_of(home: Home, scheme: str, period: Any) -> Facts:
    """What is stored now."""
    engine = home.engine()
    with reading(engine) as session:
        found = facts_at(session, home.hospital(session), home.programs()[scheme], period)
    engine.dispose()
    return found


def value(facts: Facts, entity: str, id: str, code: str) -> Any:
    """One stored value, None for a blank."""
    frame = facts.tables[entity].frame
    return frame[code][int(frame["id"].index_of(id))]
