"""The answer to `backtest`: how often what happened lay in each range, how far off, and which bonds held."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.answers.answer import Answer
from simulator.answers.table import Table, numbers, pounds, shares, text
from simulator.history import History
from simulator.plain_words import counted, joined
from simulator.questions.backtest.predicted import CARRIED, METHODS
from simulator.questions.backtest.scores import EXTREME, RANGES, BondScore, Score
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import per_cent
from simulator.scenario.scenario import Scenario

ENOUGH_ORIGINS = 10
"""With fewer, no word of calibration: each origin is one draw of what all clusters share."""
_Z = 1.959963984540054
_TENTHS, _TAIL = 10, 0.025


@dataclass(frozen=True, slots=True)
class Coverage:
    """How the predictions of one method did, so many years ahead."""

    ahead: int
    method: str
    scores: tuple[Score, ...]
    first: tuple[Score, ...]  # of the method that others are compared with

    @property
    def origins(self) -> int:
        """How many origins they are from."""
        return len({score.origin for score in self.scores})

    def counted(self, level: float) -> str:
        """Return in how many cases a range held, such as ``52 of 56``."""
        return f"{sum(score.within(level) for score in self.scores)} of {len(self.scores)}"

    @property
    def held(self) -> Estimate:
        """Share of cases in which the 95% range held."""
        return _by_origins([score.within(0.95) for score in self.scores], self.origins)

    def beyond(self, *, below: bool) -> Estimate:
        """Return the share of cases that lay below the 95% range, or above it."""
        at_end = [score.place < _TAIL if below else score.place > 1 - _TAIL for score in self.scores]
        return _by_origins(at_end, self.origins)

    @property
    def bias(self) -> Estimate | float:
        """How far the median lay above what happened, of that."""
        return _mean_by_origins([(score.origin, score.bias) for score in self.scores])

    @property
    def crps_ratio(self) -> float:
        """Mean CRPS over that of the first method."""
        return round(_mean_crps(self.scores) / _mean_crps(self.first), 3)


@dataclass(frozen=True)
class BacktestAnswer(Answer):
    """What `backtest` returns."""

    scenario: Scenario  # whose clusters and lines these are
    seed: int  # of the draws
    history: History  # as it was read
    window: int  # years that each fit saw
    ahead: tuple[int, ...]  # years ahead that were asked about
    in_cases: bool  # whether the history has no spend, so that cases are predicted
    scores: tuple[Score, ...]
    bonds: tuple[BondScore, ...]
    is_drawn = False

    @property
    def contracts(self) -> int:
        """How many predictions were compared; no contract is simulated."""
        return len(self.scores)

    @property
    def origins(self) -> tuple[str, ...]:
        """Last years that a fit saw."""
        return tuple(dict.fromkeys(score.origin for score in self.scores))

    def of(self, method: str, ahead: int, *, together: bool = False) -> list[Score]:
        """Return the scores of a method so many years ahead, of clusters or of all together."""
        return [
            score
            for score in self.scores
            if (score.method, score.ahead) == (method, ahead) and (score.cluster == ALL_CLUSTERS) == together
        ]

    @property
    def extreme(self) -> tuple[Score, ...]:
        """Outturns of all clusters that lay outside nearly everything that was thought possible."""
        told = [
            score
            for score in self.scores
            if score.method == CARRIED
            and score.cluster == ALL_CLUSTERS
            and abs(score.place - 0.5) > EXTREME / 2
        ]
        return tuple({score.year: score for score in told}.values())

    def opening(self) -> tuple[str, ...]:
        """Return what was compared."""
        return (
            f"{self.scenario.settings.title}: {self.history.source}, each fit on "
            f"{counted(self.window, 'year')}, seed {self.seed}",
        )

    def sentences(self) -> tuple[str, ...]:
        """Return how well it would have done, to be read aloud."""
        first = self.ahead[0]
        found = self.of(CARRIED, first)
        inside = sum(score.within(0.95) for score in found)
        origins = counted(len({score.origin for score in found}), "origin")
        said = [
            f"{counted(first, 'year').capitalize()} ahead, what happened lay in the 95% range in {inside} "
            f"of {len(found)} cases, from {origins}."
        ]
        if bonds := [one for one in self.bonds if one.method == CARRIED]:
            covered = sum(one.covered for one in bonds)
            of = counted(len({one.origin for one in bonds}), "origin")
            said.append(f"A bond at 95% would have done in {covered} of {len(bonds)} cases, from {of}.")
        said += self._unforeseen()
        few = len(self.origins) < ENOUGH_ORIGINS
        said.append(
            f"{counted(len(self.origins), 'origin').capitalize()} cannot call any method right or wrong: "
            "clusters share a year's luck, so that each origin is one trial."
            if few
            else self._verdict(found)
        )
        return tuple(said)

    def _unforeseen(self) -> Iterator[str]:
        if extreme := self.extreme:
            years = joined([score.year for score in extreme])
            yield (
                f"All clusters together in {years} lay outside the range of {100 * EXTREME:g}%: nothing in "
                "the years before foretold it, and no range made of them would have held it."
            )

    def _verdict(self, found: Sequence[Score]) -> str:
        held = Coverage(0, CARRIED, tuple(found), ()).held
        if held.low <= 0.95 <= held.high:
            return f"Ranges of 95% held {per_cent(held)}: nothing here speaks against them."
        wide = "wide" if held.value > 0.95 else "narrow"
        return f"Ranges of 95% held {per_cent(held)}: they were too {wide}."

    def tables(self) -> tuple[Table, ...]:
        """Return coverage and error by method, where outturns lay, bonds, and every prediction."""
        bonds = (self._bonds(),) if self.bonds else ()
        return (self._coverage(), self._coverage(together=True), self._places(), *bonds, self._everything())

    def coverage(self, *, together: bool = False) -> list[Coverage]:
        """Return how predictions did, by years ahead and method, of clusters or of all together."""
        return [
            Coverage(ahead, method, tuple(found), tuple(self.of(CARRIED, ahead, together=together)))
            for ahead in self.ahead
            for method in METHODS
            if (found := self.of(method, ahead, together=together))
        ]

    def tenths(self) -> dict[int, list[int]]:
        """Return how many outturns of clusters lay in each tenth of what was predicted, by years ahead."""
        found = {}
        for ahead in self.ahead:
            if scores := self.of(CARRIED, ahead):
                at = [min(int(score.place * _TENTHS), _TENTHS - 1) for score in scores]
                found[ahead] = [at.count(tenth) for tenth in range(_TENTHS)]
        return found

    def _coverage(self, *, together: bool = False) -> Table:
        rows = self.coverage(together=together)
        columns = (
            numbers("years ahead", [row.ahead for row in rows]),
            text("method", [row.method for row in rows]),
            numbers("origins", [row.origins for row in rows]),
            *(
                text(
                    f"in the {100 * level:.0f}% range",
                    [row.counted(level) for row in rows],
                    f"in_{100 * level:.0f}",
                )
                for level in RANGES
            ),
            shares("95% range held", [row.held for row in rows], "cover_95_share"),
            shares("below it", [row.beyond(below=True) for row in rows], "below_share"),
            shares("above it", [row.beyond(below=False) for row in rows], "above_share"),
            shares("median too high by", [row.bias for row in rows], "bias_share"),
            numbers("CRPS, of the first method's", [row.crps_ratio for row in rows], "crps_ratio"),
        )
        whose = "All clusters together" if together else "Each cluster"
        title = f"How often did ranges hold what happened? {whose}"
        return Table("together" if together else "coverage", title, columns, keys=2)

    def _places(self) -> Table:
        columns = (
            text("tenth of the range", [f"{at + 1}" for at in range(_TENTHS)], "tenth"),
            *(
                numbers(f"{counted(ahead, 'year')} ahead", cases, f"ahead_{ahead}")
                for ahead, cases in self.tenths().items()
            ),
        )
        return Table("places", "Where did outturns lie? Cases by tenth of what was predicted", columns)

    def _bonds(self) -> Table:
        found = {method: [one for one in self.bonds if one.method == method] for method in METHODS}
        rows = [(method, some) for method, some in found.items() if some]
        columns = (
            text("method", [method for method, _ in rows]),
            numbers("origins", [len({one.origin for one in some}) for _, some in rows]),
            numbers("cases", [len(some) for _, some in rows]),
            shares("bond would have done", [_held(some) for _, some in rows], "covered_share"),
            shares(
                "bond, of a year's spend",
                [
                    _mean_by_origins([(one.origin, one.bond_gbp / one.year_gbp) for one in some])
                    for _, some in rows
                ],
                "bond_share",
            ),
        )
        title = (
            f"Would a bond at 95% have done, over {counted(len(self.ahead), 'year')}? Budgets: the last "
            "year's spend, uplifted"
        )
        return Table("bonds", title, columns)

    def _everything(self) -> Table:
        rows = self.scores
        amounts = numbers if self.in_cases else pounds
        columns = (
            text("method", [one.method for one in rows]),
            text("seen up to", [one.origin for one in rows], "origin"),
            text("year", [one.year for one in rows]),
            text("cluster", [one.cluster for one in rows]),
            numbers("years ahead", [one.ahead for one in rows]),
            amounts("what happened", [one.actual for one in rows], "actual"),
            amounts("95% from", [one.low for one in rows], "low"),
            amounts("median", [one.median for one in rows], "median"),
            amounts("95% to", [one.high for one in rows], "high"),
            shares("samples below", [one.place for one in rows], "place_share"),
            amounts("CRPS", [one.crps for one in rows], "crps"),
        )
        return Table("predictions", "Every prediction", columns, keys=5, in_files_only=True)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        return (
            "Each ± counts an origin as one trial, since what all clusters share in a year is one draw: it "
            "is wide where origins are few; means of one origin have none. Origins "
            "that share years are not independent even so.",
            "CRPS: the mean distance of a whole prediction from what happened; below 1 is better than the "
            "first method. Where there are lists, those of the years ahead are taken as known. "
            "Seasons, which say what is missing of a part year, are the whole history's.",
            *self.history.notes,
        )


def _mean_by_origins(values: Sequence[tuple[str, float]]) -> Estimate | float:
    """Return a mean with the error that origins say it has; of a single origin the mean, to three digits."""
    by_origin: dict[str, list[float]] = {}
    for origin, value in values:
        by_origin.setdefault(origin, []).append(value)
    means = [sum(some) / len(some) for some in by_origin.values()]
    mean = sum(value for _, value in values) / len(values)
    if len(means) < 2:
        return float(f"{mean:.3g}")
    return Estimate.with_error(mean, statistics.stdev(means) / math.sqrt(len(means)))


def _held(found: Sequence[BondScore]) -> Estimate:
    return _by_origins([one.covered for one in found], len({one.origin for one in found}))


def _by_origins(held: Sequence[bool], origins: int) -> Estimate:
    """Return a share with Wilson's interval (1927, JASA 22, 209) of so many trials as there are origins."""
    share, square = _part(held), _Z**2 / origins
    middle = (share + square / 2) / (1 + square)
    half = _Z * math.sqrt(share * (1 - share) / origins + square / (4 * origins)) / (1 + square)
    # Rounding may put an end beside the share where that is all or nothing.
    return Estimate(share, min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share))


def _part(which: Sequence[bool]) -> float:
    return sum(which) / len(which)


def _mean_crps(found: Sequence[Score]) -> float:
    """Return the mean CRPS of what happened, as a share of it, so that no cluster outweighs all others."""
    return sum(score.crps / score.actual for score in found) / len(found) if found else math.nan
