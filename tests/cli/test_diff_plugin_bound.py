"""`hpf diff-plugin` where a scheme's facts are filled by another's results, out of files."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Call = Callable[..., Result]

OFFICE = '''"""Half of what the desk's rules pay."""

from __future__ import annotations

from hpf.core import CNY, STAFF, Formula, Row, Scheme, round_to

scheme = Scheme("office", zh="办公室", en="Office", document="DE", period="month", here=__file__)
scheme.decimal(STAFF, "bonus", zh="奖金", en="Bonus", unit=CNY, low=0, clause="DE.sample.3")


@scheme.pay(STAFF, zh="半数", en="Half", clause="DE.sample.3")
def half(person: Row) -> Formula:
    """To the fen."""
    return round_to(person.bonus / 2)
'''
CLAUSE = "- {id: DE.sample.3, kind: calc, meaning: {zh: 占位：半数, en: 'Placeholder: half'}}\n"
BOUND = "bindings:\n  - {indicator: office.staff.bonus, result: desk.staff.pay}\n"
STAFF = "id,name,department\n编号,名称,科室\n"


@pytest.fixture
def pair(hpf: Call, tmp_path: Path) -> Callable[[str, str], Path]:
    """A plugin of two schemes, one of which is paid half of the other; rate: of a simple case."""

    def make(name: str, rate: str) -> Path:
        parent = tmp_path / name
        parent.mkdir()
        names = ("--zh", "输血科", "--en", "Desk", "--pattern", "rates", "--out", parent)
        assert hpf("new-plugin", "desk", *names).exit_code == 0
        package = parent / "hpf-desk" / "hpf_desk"
        (package / "office.py").write_text(OFFICE, "utf-8")
        for file, old, new in (
            ("parameters.yaml", '"12.5"', f'"{rate}"'),
            ("__init__.py", "from .rules", "from .office import scheme as office\nfrom .rules"),
            ("__init__.py", "[scheme]", "[scheme, office]"),
        ):
            text = (package / file).read_text("utf-8")
            (package / file).write_text(text.replace(old, new), "utf-8")
        with (package / "clauses.yaml").open("a", encoding="utf-8") as clauses:
            clauses.write(CLAUSE)
        desk, own = package / "sample" / "2026-09", package / "sample" / "office" / "2026-09"
        own.mkdir(parents=True)
        for table in ("hospital.csv", "department.csv"):
            (own / table).write_text((desk / table).read_text("utf-8"), "utf-8")
        people = [f"{i},{n},D1" for i, n in (("A01", "示例甲"), ("A02", "示例乙"))]
        (own / "staff.csv").write_text(STAFF + "\n".join(people) + "\n", "utf-8")
        meta = (desk / "meta.csv").read_text("utf-8").replace("desk", "office")
        (own / "meta.csv").write_text(meta, "utf-8")
        (package / "sample" / "config.yaml").write_text(BOUND, "utf-8")
        return parent / "hpf-desk"

    return make


def people(document: Any, code: str) -> dict[str, dict[str, str]]:
    (month,) = document[code]["months"]
    return {p["id"]: p for p in month["people"]}


def halves(found: dict[str, dict[str, str]], id: str, side: str) -> Decimal:
    return (Decimal(found[id][side]) / 2).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_on_samples_each_side_is_filled_by_its_own_rules_above(
    hpf: Call, pair: Callable[[str, str], Path]
) -> None:
    done = hpf("diff-plugin", pair("old", "12.5"), pair("new", "13"), "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    above, bound = people(document, "desk"), people(document, "office")
    assert set(bound) == {"A01", "A02"}
    for id, found in bound.items():
        for side in ("before", "after"):
            assert Decimal(found[side]) == halves(above, id, side), (id, side)
    assert document["office"]["changed"] == [], "its own rules are the same"


def test_on_files_the_scheme_above_may_have_a_path_of_its_own(
    hpf: Call, pair: Callable[[str, str], Path]
) -> None:
    old, new = pair("old", "12.5"), pair("new", "13")
    sample = old / "hpf_desk" / "sample"
    paths = ("--facts", sample / "office" / "2026-09", "--config", sample / "config.yaml")
    month = ("--scheme", "office", "--period", "2026-09", "--json")
    asked = ("diff-plugin", old, new, *month, *paths)
    done = hpf(*asked, "--facts", f"desk={sample / '2026-09'}")
    assert done.exit_code == 0, done.output
    assert set(people(json.loads(done.stdout), "office")) == {"A01", "A02"}
    lacking = hpf(*asked, lang="en")
    assert lacking.exit_code == 2, "the desk's columns are not in the office's folder"
    assert "simple" in lacking.stderr
