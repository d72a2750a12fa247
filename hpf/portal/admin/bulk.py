"""Deeds on several rows of a list at once: chosen by their boxes, named on a page of their own, and
done whole or not at all.

A view lists its `deeds`, says with `hinders` which rows one is not for, and does it in `enact`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask_admin import expose
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.portal.access import me, still
from hpf.portal.asked import number
from hpf.portal.database import session, writing
from hpf.portal.language import say
from hpf.portal.passwords import Issued
from hpf.portal.rights import Act, may

MOST = 200  # rows at once: a password takes its while


@dataclass(frozen=True, slots=True)
class Deed:
    """What may be done to several rows. follows: what comes of it, for the page that asks;
    prints: passwords come of it, which are shown this once."""

    names: Text
    follows: Text
    prints: bool = False


class Bulk(ABC):
    """Mixed into a list of the database, before it."""

    code: ClassVar[str]
    deeds: ClassVar[Mapping[str, Deed]] = {}
    needs: ClassVar[Act] = Act.ACCOUNTS  # beyond looking at the list

    def offered(self) -> list[tuple[str, str]]:
        """The deeds that the viewer may do, for the foot of the list."""
        if not may(me(), self.needs):
            return []
        return [(code, say(deed.names)) for code, deed in self.deeds.items()]

    @abstractmethod
    def hinders(self, deed: str, row: Any) -> Text | None:
        """Why a deed is not for a row; None where it is."""

    @abstractmethod
    def enact(self, changing: Session, deed: str, row: Any) -> Issued | None:
        """Do it to a row, with its audit entry; the password that came of it."""

    def begin(self, changing: Session) -> None:
        """What has to hold when the transaction begins."""
        still(changing, self.needs)

    @expose("/bulk/", methods=("POST",))  # type: ignore[untyped-decorator]
    def bulk(self) -> Any:
        """Name the rows and what follows; once that is confirmed, do it to all of them."""
        code = request.form.get("deed", "")
        if code not in self.deeds:
            abort(404)
        if not may(me(), self.needs):
            abort(403)
        keys = _keys()
        if not keys:
            flash(say(("没有选中任何一行", "Nothing was chosen")), "warning")
            return redirect(url_for(f"{self.code}.index_view"))
        if len(keys) > MOST:
            said = Text(
                f"一次最多 {MOST} 行，没有写入", f"{MOST} at once at most: nothing was written"
            )
            flash(say(said), "warning")
            return redirect(url_for(f"{self.code}.index_view"))
        if "sure" not in request.form:
            return self._ask(code, keys)
        asked: Any = self
        with writing() as changing:
            self.begin(changing)
            rows = [r for key in keys if (r := asked.one(changing, key)) is not None]
            rows = [r for r in rows if self.hinders(code, r) is None]
            done = len(rows)
            made = [m for row in rows if (m := self.enact(changing, code, row)) is not None]
        if made:
            return render_template("counter/slips.html", made=made, unit="",
                                   back=url_for(f"{self.code}.index_view"))  # fmt: skip
        names = self.deeds[code].names
        flash(say(Text(f"{names.zh}：{done} 个", f"{names.en}: {done}")), "ok")
        return redirect(url_for(f"{self.code}.index_view"))

    def _ask(self, code: str, keys: list[int]) -> Any:
        asked: Any = self
        rows = [r for key in keys if (r := asked.one(session(), key)) is not None]
        fits, not_for = [], []
        for row in rows:
            why = self.hinders(code, row)
            name = (asked.get_pk_value(row), getattr(row, "login", "") or row.code, row.name)
            if why is None:
                fits.append(name)
            else:
                not_for.append((*name[1:], say(why)))
        return asked.render(
            "admin/model/bulk.html", deed=self.deeds[code], deed_code=code, fits=fits,
            not_for=not_for,
        )  # fmt: skip


def _keys() -> list[int]:
    """The numbers of the rows that were chosen, each once."""
    found = map(number, request.form.getlist("rowid"))
    return list(dict.fromkeys(k for k in found if k is not None))
