"""The printed sentences on how well a run knows its bonds."""

from __future__ import annotations

from simulator.answers.printer import Printer
from simulator.simulation.pipeline import CONTRACTS_PER_BLOCK
from simulator.simulation.precision import bond_precision
from simulator.simulation.result import Result


def print_precision(result: Result, precision: float, printer: Printer) -> None:
    """Print how many contracts a precision took, and what was reached."""
    found = bond_precision(result)
    few = result.contracts <= CONTRACTS_PER_BLOCK
    done = "are the fewest tried" if few else "were needed"
    printer.line(
        f"{result.contracts:,} contracts {done} for every bond's interval to be within "
        f"±{100 * precision:g}%; widest: {found.widest}, ±{100 * found.share:.2g}%."
    )
    if found.without_bond:
        printer.line(f"Left out, for they need no bond at 95%: {', '.join(found.without_bond)}.")
