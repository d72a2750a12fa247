"""Parameters in a formula: plain, keyed, scales and rounding steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hpf.core.errors import Text, did_you_mean
from hpf.core.formula import tree as t
from hpf.core.formula.fitting import common_unit, join, numbers
from hpf.core.formula.misuse import FormulaError
from hpf.core.formula.scope import Names, NotAValue
from hpf.core.formula.symbols import Symbol, lift, node_of
from hpf.core.indicators import Type
from hpf.core.parameters import Parameter
from hpf.core.units import Unit


class Parameters:
    """`p` in a rule: each attribute is a parameter of the scheme."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        parameter = self._names.parameters.get(name)
        if parameter is None:
            near = did_you_mean(name, self._names.parameters)
            if not self._names.parameters:
                near = Text(
                    "parameters.yaml 里没有本方案的参数；参数写在方案代码之下",
                    "parameters.yaml has none of this scheme: they stand below its code",
                )
            raise FormulaError(
                "unknown_parameter",
                f"方案没有参数 {name}",
                f"the scheme has no parameter '{name}'",
                near.zh,
                near.en,
            )
        if parameter.kind == "rounding":
            return RoundingSymbol(t.Param(name))
        if parameter.kind == "scale":
            return Scale(parameter)
        return Keyed(parameter) if parameter.keys else _parameter_symbol(parameter, None)


def _parameter_symbol(parameter: Parameter, key: Symbol | None) -> Symbol:
    types = {"number": Type.DECIMAL, "choice": Type.CHOICE, "boolean": Type.BOOLEAN}
    node = t.Param(parameter.name, node_of(key))
    return Symbol(
        node,
        key._scope if key is not None else None,
        types.get(parameter.kind, Type.DATE),
        parameter.unit,
        parameter.choices,
    )


class Keyed(NotAValue):
    """A keyed parameter: `p.table[member.title]` or `p.table['senior']`."""

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter

    def __getitem__(self, key: Any) -> Symbol:
        symbol, keys = lift(key), self._parameter.keys
        if symbol._type is not Type.CHOICE:
            raise FormulaError(
                "type",
                f"参数 {self._parameter.name} 的键要用选项",
                f"parameter '{self._parameter.name}' is keyed by a choice",
                f"请写 p.{self._parameter.name}[m.x]，x 是选项指标",
                f"Write p.{self._parameter.name}[m.x] where x is a choice",
            )
        for choice in symbol._choices:
            if choice not in keys:
                near = did_you_mean(choice, keys)
                raise FormulaError(
                    "choice",
                    f"参数 {self._parameter.name} 没有键 '{choice}'",
                    f"parameter '{self._parameter.name}' has no key '{choice}'",
                    near.zh,
                    near.en,
                )
        return _parameter_symbol(self._parameter, symbol)

    def __repr__(self) -> str:
        return f"<keyed parameter {self._parameter.name}>"


class Scale(NotAValue):
    """A scale parameter: `p.tiers.marginal(x)` pays band by band, `.bracket(x)` by one rate."""

    def __init__(self, parameter: Parameter) -> None:
        self._parameter = parameter

    def _band(self, kind: str, x: Any, top: Any, unit: Unit) -> Symbol:
        value = lift(x)
        numbers(kind, value)
        given = Symbol(value._node, None, Type.DECIMAL, self._parameter.input_unit)
        common_unit(f"{self._parameter.name}:", given, value)
        rate = None if top is None else lift(top)
        if rate is not None:
            expected = Symbol(rate._node, None, Type.DECIMAL, self._parameter.unit)
            common_unit(f"{self._parameter.name} top:", expected, rate)
        scope = join(value, rate) if rate is not None else value._scope
        node = t.Band(kind, self._parameter.name, value._node, node_of(rate))
        return Symbol(node, scope, Type.DECIMAL, unit)

    def marginal(self, x: Any, top: Any = None) -> Symbol:
        """Each band's rate on the part of x inside it, added up."""
        return self._band("marginal", x, top, self._parameter.unit * self._parameter.input_unit)

    def bracket(self, x: Any, top: Any = None) -> Symbol:
        """The rate of the band that x falls into."""
        return self._band("bracket", x, top, self._parameter.unit)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise FormulaError(
            "scale",
            f"分档参数 {self._parameter.name} 没有 .{name}",
            f"the scale '{self._parameter.name}' has no .{name}",
            "所在档的标准写 .bracket(x)，逐档累计写 .marginal(x)",
            "Use .bracket(x) for the rate of x's band, or .marginal(x) to add up band by band",
        )

    def __repr__(self) -> str:
        return f"<scale {self._parameter.name}>"


@dataclass(frozen=True, slots=True)
class RoundingSymbol(NotAValue):
    """A rounding parameter; only round_to and split take it."""

    node: t.Node
