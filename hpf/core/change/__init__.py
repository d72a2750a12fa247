"""Why a figure changed between two runs, and what a period would be under other conditions.

parts = why(september, october, "staff", "A17", "pay").parts      # they sum to the difference
told = compare(october, calculate(program, facts, other_settings)) # winners, losers, cost
"""

from hpf.core.change.beside import Beside, beside
from hpf.core.change.compare import Comparison, Difference, compare
from hpf.core.change.why import Kind, Part, Why, why

__all__ = ["Beside", "Comparison", "Difference", "Kind", "Part", "Why", "beside", "compare", "why"]
