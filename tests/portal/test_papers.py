"""Papers by a job: queued once, drawn by the worker, taken by finance alone."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from portal_forms import send

from hpf.reports.jobs import work

PAGE = "/pay/"


def test_a_batch_is_queued_once_and_only_of_a_kind_there_is(login) -> None:
    finance = login("finance")
    for _ in range(2):
        assert send(finance, "/pay/papers/make", {"kind": "slips"}, PAGE).status_code == 302
    shown = finance.get(PAGE).get_data(as_text=True)
    assert "不必再点" in shown
    assert len(re.findall(r"<td>个人绩效单</td><td>排队</td>", shown)) == 1
    assert send(finance, "/pay/papers/make", {"kind": "other"}, PAGE).status_code == 400
    assert send(finance, "/pay/papers/1/file", {}, PAGE).status_code == 404  # nothing is drawn yet


@pytest.mark.slow
def test_departments_cards_are_drawn_and_taken_by_finance_alone(portal_home, login) -> None:
    finance = login("finance")
    assert send(finance, "/pay/papers/make", {"kind": "departments"}, PAGE).status_code == 302
    work(portal_home, once=True)
    shown = finance.get(PAGE).get_data(as_text=True)
    number = re.search(r"/pay/papers/(\d+)/file", shown)
    assert number, shown[-1500:]
    answer = send(finance, number[0], {}, PAGE)
    assert answer.mimetype == "application/pdf"
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) >= 16  # a card for each unit
    for name in ("nurse", "head", "it", "office"):
        assert send(login(name), number[0], {}, "/").status_code == 403
