"""How rows stand to the one row that is asked about: its own, above it, or others'.

Own: the row, and rows that lead to it (her posts, her leave). Above: what its links lead to (her
department, the hospital) and sheets of those. Others: everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hpf.core.program import Program
from hpf.core.results import Run

OWN, ABOVE, OTHERS = "own", "above", "others"
NEARNESS = (OWN, ABOVE, OTHERS)


def nearness(before: Run, after: Run, entity: str, id: str) -> dict[tuple[str, str], str]:
    """How each row stands to `entity:id`, in either run; rows left out are others."""
    found: dict[tuple[str, str], str] = {}
    for run in (before, after):
        rows = run.checked.rows
        if entity not in rows or rows[entity].row_of(id) is None:
            continue
        own = _leading_to(run, {(entity, id)}, set(rows), any)
        above = _reached(run, {(entity, id)})
        # sheets of the department: neither people's own rows nor departments themselves
        apart = {c for c in rows if entity not in _ends_of(run.program, c)}
        apart -= _ends_of(run.program, entity)
        above |= _leading_to(run, above, apart, all)
        for key in above:
            found.setdefault(key, ABOVE)
        for key in own:
            found[key] = OWN
    return found


def _ends_of(program: Program, code: str) -> set[str]:
    """Entities that links lead to from one, itself among them."""
    todo, found = [code], set[str]()
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += [link.to for link in program.entities[one].links]
    return found


def _reached(run: Run, start: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Rows that links lead to, however far; not the start itself."""
    found, todo = set[tuple[str, str]](), list(start)
    while todo:
        code, id = todo.pop()
        rows = run.checked.rows[code]
        row = rows.row_of(id)
        for link in run.program.entities[code].links:
            if row is not None and link.name in rows.links and link.to in run.checked.rows:
                to = rows.links[link.name][row]
                key = (link.to, run.checked.rows[link.to].ids[to]) if to is not None else None
                if key and key not in found:
                    found.add(key)
                    todo.append(key)
    return found


def _leading_to(
    run: Run,
    ends: set[tuple[str, str]],
    within: set[str],
    how: Callable[[Iterable[bool]], bool],
) -> set[tuple[str, str]]:
    """The ends, and rows of some entities with any (or all) of their links leading to them."""
    found = set(ends)
    grown = True
    while grown:
        grown = False
        for code in within:
            rows = run.checked.rows[code]
            links = [k for k in run.program.entities[code].links if k.name in rows.links]
            hits = []
            for link in links:
                known = [i for e, i in found if e == link.to]
                ends_at = run.checked.rows[link.to].ids.gather(rows.links[link.name])
                hits.append(ends_at.is_in(known).to_list())
            for id, *several in zip(rows.ids.to_list(), *hits, strict=True):
                given = [hit for hit in several if hit is not None]
                if given and how(given) and (code, id) not in found:
                    found.add((code, id))
                    grown = True
    return found
