"""What a what-if comes to: bands, departments, the ten largest each way, the ceilings."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from portal_forms import send

from hpf.core.change import Difference
from hpf.portal.pages.calculate_effect import bands

PAGE = "/calculate/what-if"


def lines(*amounts: str) -> list[Difference]:
    return [Difference(str(n), "", Decimal(1000), 1000 + Decimal(a)) for n, a in enumerate(amounts)]


def test_every_difference_falls_into_one_band_and_sums_are_kept() -> None:
    given = lines("-80", "-0.01", "0", "0", "0.01", "10", "10.01", "79.99")
    found = list(bands(given))
    assert [(b.low, b.high) for b in found if b.people] == [
        (-80, -70), (-10, 0), (None, None), (0, 10), (10, 20), (70, 80),
    ]  # fmt: skip
    assert sum(b.people for b in found) == len(given)
    assert sum(b.by for b in found) == sum(d.by for d in given)
    assert all(not b.people for b in found if b.low == 20), "a gap is shown as one"


@pytest.mark.parametrize("most", ["0.01", "3", "799", "800", "801", "123456.78"])
def test_bands_are_few_and_round(most: str) -> None:
    found = list(bands(lines(most, "-" + most, "0")))
    assert len(found) <= 17
    assert {b.high - b.low for b in found if b.low is not None} <= {
        n * Decimal(10) ** p for n in (1, 2, 5) for p in range(-5, 6)
    }


def test_where_nothing_changes_there_are_no_bands() -> None:
    assert list(bands(lines("0", "0"))) == []
    assert list(bands([])) == []


@pytest.fixture(scope="module")
def tried(reader) -> str:
    """The page, after a coefficient was tried that hardly anybody keeps."""
    answer = send(reader("office"), PAGE, {"p-title_coefficient|中级": "1.3"}, PAGE)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def part(body: str, id: str) -> str:
    return body.split(f'id="{id}"')[1].split("</table>")[0]


def numbers(row: str) -> list[Decimal]:
    cells = re.findall(r'<td class="n[^"]*">([−+]?[\d,.]+)<', row)
    return [Decimal(x.replace(",", "").replace("−", "-")) for x in cells]


def test_people_departments_and_total_say_the_same(tried: str) -> None:
    cost = Decimal(
        re.search(r"合计 ([−+]?[\d,.]+) 元</h1>", tried)[1].replace(",", "").replace("−", "-")
    )
    for id, column in (("spread", 1), ("where", 4)):
        *each, total = [n for r in part(tried, id).split("<tr")[1:] if (n := numbers(r))]
        assert sum(n[column] for n in each) == total[column] == cost, id
        assert sum(n[0] for n in each) == total[0], id
    assert "1.1 → <b>1.3</b>" in tried, "what was tried stands there"


def test_the_ten_largest_stand_each_way_the_largest_first(tried: str) -> None:
    for id, sign in (("gain", 1), ("lose", -1)):
        rows = [numbers(r)[-1] for r in part(tried, id).split("<tr")[1:] if numbers(r)]
        assert len(rows) == 10
        assert all(x * sign > 0 for x in rows)
        assert rows == sorted(rows, key=lambda x: -sign * x)
        assert "列前十" in tried.split(f'id="{id}"')[1].split("</header>")[0]


def test_the_month_s_and_the_year_s_ceiling_stand_beside_it(tried: str) -> None:
    rows = [numbers(r) for r in part(tried, "limits").split("<tr")[1:] if numbers(r)]
    assert [r[0] for r in rows] == [Decimal("200000.00"), Decimal("2400000.00")]
    for ceiling, _, then, left in rows:
        assert left == ceiling - then
    assert ("超出" in part(tried, "limits")) == any(r[3] < 0 for r in rows)


def test_in_english_it_is_english(reader) -> None:
    office = reader("office")
    try:
        send(office, "/language", {"lang": "en", "next": "/"}, PAGE)
        answer = send(office, PAGE, {"p-title_coefficient|中级": "1.3"}, PAGE)
        body = answer.get_data(as_text=True)
        heads = re.findall(r"<(?:h1|h2[^>]*|th scope=\"col\"[^>]*)>([^<]*)<", body)
        assert not [h for h in heads if re.search("[一-鿿]", h)]
    finally:
        send(office, "/language", {"lang": "zh", "next": "/"}, PAGE)
