"""What plugins declare, as the navigation has it: pages under the calculation, forms under the
collection. Only enabled plugins are asked, so those of others are not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import request, url_for

from hpf.core.kit.hookspecs import Form, Page
from hpf.portal.database import desk
from hpf.portal.language import say
from hpf.portal.place import Place
from hpf.portal.rights import Act, Viewer, may

PAGES_AT: Final = "calculate"  # the stage whose results they show
FORMS_AT: Final = "collect"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the navigation. scheme: whose it is, where it is another's than the page is about;
    such lines stand folded under the scheme's name."""

    name: str
    href: str
    current: bool
    scheme: str = ""


def pages(who: Viewer, at: Place) -> list[Page]:
    """The declared pages that a viewer may open, of schemes that something is stored of."""
    return [p for p in desk().declared.pages if p.scheme in at.schemes and allowed(who, p)]


def allowed(who: Viewer, page: Page) -> bool:
    """Whether a page is for a viewer: by the roles it names, and where any row could be theirs."""
    if page.roles and not who.roles & set(page.roles):
        return False
    acts = [Act.RESULTS, Act.DEPARTMENT, Act.MY_PAY]
    if page.entity == "hospital":
        acts.append(Act.TOTALS)
    return any(may(who, act) for act in acts)


def forms(who: Viewer, at: Place) -> list[Form]:
    """The declared forms that are a viewer's to fill in; the others open from the list of all."""
    mine = [f for f in desk().declared.forms if f.scheme in at.schemes]
    return [f for f in mine if f.role in who.roles or (not f.role and may(who, Act.COLLECT))]


def lines(stage: str, who: Viewer, at: Place | None) -> Iterator[Line]:
    """What stands under a stage."""
    if at is None:
        return
    if stage == FORMS_AT and may(who, Act.ENTER):
        asked = (request.view_args or {}).get("code") if request.endpoint == "entry.form" else None
        mine = forms(who, at)
        listed = asked is not None and asked not in {f.code for f in mine}
        yield Line(say(("填报", "Enter data")), url_for("entry.index"),
                   listed or request.endpoint in ("entry.index", "entries.show"))  # fmt: skip
        for form in mine:
            href = url_for("entry.form", code=form.code, scheme=form.scheme)
            yield Line(say(form.names), href, asked == form.code, _other(form.scheme, at))
    if stage != PAGES_AT:
        return
    for one in pages(who, at):
        href = url_for("declared.page", code=one.code, scheme=one.scheme)
        here = request.endpoint in ("declared.page", "declared.row")
        current = here and (request.view_args or {}).get("code") == one.code
        yield Line(say(one.names), href, current, _other(one.scheme, at))


def _other(scheme: str, at: Place) -> str:
    """What another scheme than the page's is called; "" for the page's own."""
    return "" if scheme == at.scheme else say(desk().programs[scheme].names)
