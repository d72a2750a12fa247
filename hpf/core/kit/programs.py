"""Programs by scheme code, built one by one as they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hpf.core.build import build
from hpf.core.errors import Problem, SchemeError, Text, did_you_mean, nearest
from hpf.core.kit.questioning import Questionnaire
from hpf.core.program import Program
from hpf.core.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Programs(Mapping[str, Program]):
    """Programs by scheme code, each built when it is first asked for."""

    schemes: Mapping[str, Scheme]
    questionnaires: Sequence[Questionnaire] = ()
    _built: dict[str, Program] = field(default_factory=dict, repr=False)

    def __getitem__(self, code: str) -> Program:
        if code not in self._built:
            self._built[code] = build(self.schemes[code])
        return self._built[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.schemes)

    def __len__(self) -> int:
        return len(self.schemes)

    def __contains__(self, code: object) -> bool:
        return code in self.schemes

    def find(self, code: str) -> Program:
        """The program of a scheme; SchemeError with the nearest code for an unknown one."""
        if code not in self.schemes:
            message = Text(f"没有方案 {code}", f"there is no scheme '{code}'")
            cure = did_you_mean(code, self.schemes)
            if not self.schemes:
                cure = Text("没有安装任何插件", "No plugin is installed")
            elif not nearest(code, self.schemes):
                cure = Text(f"{cure.zh}；用 hpf schemes 列出", f"{cure.en}. List them: hpf schemes")
            raise SchemeError([Problem("scheme.unknown", message, cure)])
        return self[code]

    def named(self, code: str) -> frozenset[str]:
        """The parameters of a scheme that questionnaires read, and perhaps no rule."""
        mine = [q for q in self.questionnaires if q.scheme == code]
        names = {n for q in mine for n in (q.minimum, q.missing, q.weights, q.raters, q.sample)}
        names |= {n for q in mine for f in q.figures for n in (f.satisfied, f.points)}
        return frozenset(names - {""})

    def beside(self, code: str) -> list[Program]:
        """The programs of all schemes of the same folder, this one included."""
        folder = self.schemes[code].folder
        return [self[c] for c, s in self.schemes.items() if s.folder == folder]
