"""What leaving a kind of care out of a budget does: to the cluster, and to the PCT that pays for it then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from simulator.charts.study import Study
from simulator.documents.drivers import NO_CHANGE, RESERVE
from simulator.documents.example import Example
from simulator.documents.what_ifs import GAIN, OVERSPEND, Place, WhatIfs
from simulator.plain_words import spaced
from simulator.questions.luck.estimates import ratio
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.measures import columns
from simulator.risk.positions import pct_net_gbp

BAD_OVERSPEND, NEEDED, SHARE = "overspend_1_in_20_gbp", "bond_needed_gbp", "practice_share_gbp"
MEASURES = (OVERSPEND, BAD_OVERSPEND, NEEDED, SHARE, GAIN)
"""Of the cluster; each is estimated as the summary has it."""
RESERVE_THEN = "reserve_then_95_gbp"
"""The PCT's, as things are and where every cluster leaves the same kind of care out."""
PART = "left_out_of_budget_share"
"""What is left out, of the cluster's budget of a year."""


@dataclass(frozen=True, eq=False)
class LeftOut:
    """A cluster of middling size that leaves out one kind of care, as every other does then.

    Care is drawn as before, whoever answers for it: no draw is new.
    """

    study: Study  # of the scenario as it is

    @cached_property
    def cluster(self) -> str:
        """The cluster, which is that of the worked example."""
        return Example(self.study).book.name

    @property
    def lines(self) -> tuple[str, ...]:
        """What it answers for and may leave out: each cluster has something else in its budget then."""
        settings = self.study.scenario.settings
        names = {line.name for line in settings.service_lines}
        theirs = {one.name: {line for line in names if one.answers_for(line)} for one in settings.clusters}
        alone = {line for some in theirs.values() if len(some) == 1 for line in some}
        mine = theirs[self.cluster] - alone
        return tuple(line.name for line in settings.service_lines if line.name in mine)

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield each number without a kind of care and what that changes, by row and measure."""
        if not self.lines:
            return
        as_it_is = WhatIfs(self.study)
        yield from self._of(self.study, "")
        for line in self.lines:
            clusters = tuple(
                one.model_copy(update={"proportion_by_line": {**one.proportion_by_line, line: 0.0}})
                for one in self.study.scenario.settings.clusters
            )
            yield from self._of(as_it_is.varied(clusters=clusters), line)

    def _of(self, study: Study, line: str) -> Iterator[tuple[Place, Estimate]]:
        """Yield them where one kind of care is left out, or none, which changes nothing."""
        row, known = without(self.cluster, line), columns(len(self.study.years))
        samples, base = study.samples(self.cluster), self.study.samples(self.cluster)
        for name in MEASURES:
            if name in samples and name in base:
                measure = known[name].measure
                both = (
                    measure.estimator.of(samples[name]),
                    measure.estimator.between(samples[name], base[name]),
                )
                yield from _with_change(row, name, both, measure.unit)
        pct, before = (-pct_net_gbp(one.books[ALL_CLUSTERS]) for one in (study, self.study))
        needed = RESERVE.of(before)
        if needed and needed.value > 0:
            yield from _with_change(
                row, RESERVE_THEN, (RESERVE.of(pct), RESERVE.between(pct, before)), Unit.GBP
            )
        then, whole = (one.books[self.cluster].annual_budget_gbp for one in (study, self.study))
        if part := ratio(whole - then, whole):
            # What does not vary is told in per cent, to two decimals.
            exact = round(part.value, 4)
            yield (row, PART), part if part.half_width else Estimate(exact, exact, exact)


def _with_change(
    row: str, name: str, both: tuple[Estimate | None, Estimate | None], unit: Unit
) -> Iterator[tuple[Place, Estimate]]:
    """Yield a number and what leaving out changes of it; of money, half a penny is the rounding of sums."""
    found, change = both
    if found and change:
        yield (row, name), found
        is_felt = unit.is_share or max(change.high, -change.low) > PENNY_GBP
        yield (row, change_of(name)), change if is_felt else NO_CHANGE


def without(cluster: str, line: str) -> str:
    """Return the row of a kind of care that is left out, or of none."""
    return f"{cluster}, without {spaced(line)}" if line else f"{cluster}, nothing left out"


def change_of(measure: str) -> str:
    """Return the measure of what leaving out changes."""
    return f"left_out_change_of_{measure}"
