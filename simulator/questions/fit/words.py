"""What a history can tell of a scenario and what it cannot, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from simulator.history.record import ALL
from simulator.plain_words import counted, listed, spaced
from simulator.questions.fit.lines import LineFigures
from simulator.questions.fit.settings import PRIOR, Fitted, Known, interval
from simulator.questions.fit.unit_costs import FEWEST_COSTS

LITTLE_HISTORY = 3
"""Whole years below which growth is mostly the prior's."""
_OF_SHOCKS = ("SD", "lines", "years")
"""How the names of shocks' figures end."""
_SHOCKS = {
    "pct": "shocks to the whole PCT",
    "price": "shocks to prices",
    "cluster": "lasting levels of clusters",
    "cluster_line": "lasting levels of clusters in one line",
    "cluster_year": "shocks to a cluster's year",
}
"""By the section of the scenario that they stand in."""
_FEW_CASES = 30.0
"""Cases a year of a line below which the doubt about its CV matters (decision 14)."""


def sentences(known: Known, figures: Sequence[Fitted]) -> Iterator[str]:
    """Yield the finding first: how much of the scenario is the history's, and how well it is known."""
    if known.history.whole_years < LITTLE_HISTORY:
        yield known.history.notes[0]
    prior = [one for one in figures if one.source == PRIOR]
    yield (
        f"{len(figures) - len(prior)} figures of the scenario are now your history's, each with its "
        f"interval; {len(prior)} it hardly moved, and they are what was believed before."
    )
    lines = set(known.posterior.lines)
    levels = (
        ("rates", [one for one in figures if one.of in lines and one.what == "cases per 1,000"]),
        ("mean costs", [one for one in figures if one.what.startswith("mean cost")]),
        ("need of clusters", [one for one in figures if one.of in known.posterior.clusters]),
    )
    known_to = [f"{name} to about {_relative(some):.1%}" for name, some in levels if some]
    yield f"Levels are known from it, {listed(known_to)} either way; and seasons, and how counts scatter."
    yield from _growth(known, figures)
    yield from _shocks(known, figures)
    yield (
        "What it leaves open is drawn anew in every simulated contract, so bonds are larger than those of "
        "the same figures taken as certain. `--set fit.carry_uncertainty=false` shows by how much."
    )


def _relative(figures: Sequence[Fitted]) -> float:
    """Return the typical half-width of intervals, as a share of their figures."""
    halves = [(one.ends[1] - one.ends[0]) / 2 / one.value for one in figures if one.ends and one.value]
    return float(np.median(halves))


def _growth(known: Known, figures: Sequence[Fitted]) -> Iterator[str]:
    growth = [one for one in figures if one.what.startswith("growth of") and "prices" not in one.what]
    halves = [(one.ends[1] - one.ends[0]) / 2 for one in growth if one.ends]
    if not halves:
        return
    half, years = float(np.median(halves)), known.scenario.settings.contract.years
    yield (
        f"Growth is known badly: to about {100 * half:.1f} points a year either way, which adds up to "
        f"{100 * half * years:.0f} points by the end of {years} contract years."
    )


def _shock_in_words(one: Fitted) -> str:
    """Return what a figure of a shock says, as a sentence has it."""
    of = _SHOCKS.get(one.of, f"shocks to {spaced(one.of)}")
    if one.what.endswith("lines"):
        return f"how far {of} of different lines go together"
    return f"how far {of} last from year to year" if one.what.endswith("years") else f"the size of {of}"


def _shocks(known: Known, figures: Sequence[Fitted]) -> Iterator[str]:
    """Yield how much was learned of shocks; they are what a bond rests on."""
    shocks = [one for one in figures if one.what.endswith(_OF_SHOCKS) and one.learned is not None]
    little = [_shock_in_words(one) for one in shocks if one.source == PRIOR]
    years = known.history.whole_years
    if little:
        yield (
            f"{counted(years, 'year').capitalize()} hardly {'tells' if years == 1 else 'tell'} "
            f"{listed(little)}: these rest on what was believed before."
        )
    yield (
        f"A shock that all clusters share shows once a year: {counted(years, 'draw')} of it in all, whatever "
        "the number of clusters. How growth itself changes no history tells: "
        f"an SD of {known.posterior.priors.drift_sd:.1%} a year is assumed."
    )


def notes(known: Known, no_base_year: str) -> Iterator[str]:
    """Yield what a reader must know of the history and of the figures."""
    posterior = known.posterior
    yield (
        "From and to hold a figure 95 times of 100, by the model, the history and what was believed before. "
        "Rates and growth are those of a year. Levels are means; growth, SDs and correlations are medians. "
        "Learned is the part of what was not known before that the history took away."
    )
    yield from known.history.notes
    volume, price = posterior.volume, posterior.price
    yield (
        f"Effective number of points: {volume.effective:,.0f} of volumes ({volume.method}), "
        f"{price.effective:,.0f} of prices ({price.method}); {posterior.rows:,} draws are kept."
    )
    if no_base_year:
        yield f"The base year stays simulated, as {no_base_year}."
    else:
        base = known.scenario.settings.contract.financial_years[0].label
        yield f"The actual outturn of {base} is the base year, in place of a simulated one."
    if posterior.prior_only:
        yield "With one cluster's history, how clusters differ and move is what was believed before."
    if posterior.rare:
        yield f"Too few cases for shocks and clusters of their own: {listed(posterior.rare)}; rates alone."
    yield from _clusters(known)
    for line in known.scenario.settings.service_lines:
        if line.name in posterior.lines:
            yield from _costs(LineFigures(known, line))


def _clusters(known: Known) -> Iterator[str]:
    """Yield what stands in the scenario and is not the history's."""
    clusters = known.scenario.settings.clusters
    lacking = [one.name for one in clusters if one.name not in known.posterior.clusters]
    if lacking:
        yield (
            f"{', '.join(lacking)}: without history. The need is the scenario's, and each contract draws how "
            "far it may be off, as clusters differ."
        )
    if ALL not in known.history.list_growth_share and any(one.list_growth_share for one in clusters):
        yield (
            "The scenario lets lists grow, and growth of lists is in the fitted rates already: take "
            "list_growth_share out, or give --lists."
        )


def _costs(line: LineFigures) -> Iterator[str]:
    """Yield what is unsure of a line's unit cost."""
    name, spread = spaced(line.name), line.spread
    law = line.line.unit_cost_gbp
    if (law.deductible or law.limit is not None) and not line.spend_only:
        yield f"{name}: its cost has a deductible or a limit, and stays as the scenario has it."
    elif line.is_priced and spread is None:
        yield f"{name}: months do not tell how the cost of a case scatters; that stays the scenario's."
    months = line.known.history.months.months
    cases = float(line.known.history.month_law.cases[line.at]) / (len(months) / 12)
    if line.is_priced and spread and 0 < cases < _FEW_CASES:
        ends = line.cv_ends
        between = f" ({interval(ends)})" if ends else ""
        yield (
            f"{name} has {cases:.0f} cases a year, so the CV of its cost, {spread.cv:.2f}{between}, is "
            "unsure, and this doubt is not carried into answers: try others with --set."
        )
    costs = line.known.history.costs_gbp.get(line.name)
    if costs is not None and costs.size < FEWEST_COSTS and line.is_priced:
        yield f"{name}: {costs.size:,} costs tell the CV; from {FEWEST_COSTS:,} on they tell the shape too."
