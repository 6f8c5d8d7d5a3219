"""The answer to `shadow`: what each year of budgets on paper is worth, and when a cluster is ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import (
    Column,
    Table,
    change,
    mark_means,
    measures,
    numbers,
    people,
    shares,
    text,
)
from simulator.plain_words import in_letters, joined
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import money, per_cent

NEXT_SD = "next_outturn_sd_share"
"""SD of budget less spend in the first contract year, of the budget."""
BOND, SHARED_BOND, OVERSPEND, LARGE, SHARE, PCT_PAYS = (
    "bond_needed_gbp",
    "shared_bond_needed_gbp",
    "expected_overspend_gbp",
    "large_overspend_probability",
    "practice_share_gbp",
    "pct_payment_gbp",
)
MEASURES = (BOND, SHARED_BOND, OVERSPEND, LARGE, SHARE, PCT_PAYS)
WORTH = 0.05
"""Part of the SD that a further shadow year must take away for a cluster not to be ready: an assumption."""


@dataclass(frozen=True, slots=True)
class ShadowRow:
    """What a cluster faces after so many shadow years."""

    known: int  # shadow years
    cluster: str  # its name, or all together
    people: float  # registered list
    estimates: Mapping[str, Estimate]  # by measure
    changes: Mapping[str, Estimate]  # from one shadow year fewer, by measure

    @property
    def bond(self) -> Estimate:
        """The bond needed; of all together, one that they share."""
        return self.estimates[SHARED_BOND if self.cluster == ALL_CLUSTERS else BOND]


@dataclass(frozen=True)
class ShadowAnswer(DrawnAnswer):
    """What `shadow` returns."""

    rows: tuple[ShadowRow, ...]  # by shadow years, then by cluster

    @property
    def years(self) -> tuple[int, ...]:
        """Numbers of shadow years."""
        return tuple(dict.fromkeys(row.known for row in self.rows))

    @property
    def names(self) -> tuple[str, ...]:
        """Clusters, and all together."""
        return tuple(dict.fromkeys(row.cluster for row in self.rows))

    def row(self, known: int, cluster: str = ALL_CLUSTERS) -> ShadowRow:
        """Return what a cluster faces after so many shadow years."""
        return next(row for row in self.rows if (row.known, row.cluster) == (known, cluster))

    def ready_after(self, cluster: str) -> int | None:
        """Return the shadow years after which a further one cuts the SD by less than `WORTH`; or None."""
        sds = [self.row(known, cluster).estimates[NEXT_SD].value for known in self.years]
        ready = (known for known in self.years[:-1] if sds[known + 1] > (1 - WORTH) * sds[known])
        return next(ready, None)

    def sentences(self) -> tuple[str, ...]:
        """Return what shadow years are worth, to be read aloud."""
        smallest = min(self.names[:-1], key=lambda name: self.row(0, name).people)
        last = in_letters(self.years[-1])
        sds = [per_cent(self.row(known, smallest).estimates[NEXT_SD]) for known in self.years]
        bonds = [money(self.row(known).bond) for known in self.years]
        of_whom = f" of {smallest}, the smallest cluster," if len(self.names) > 2 else ""
        said = [
            f"The first contract year's outturn{of_whom} misses a fair budget by an SD of {sds[0]} without a "
            f"shadow year, and of {sds[1]} after one"
            + (f"; after {last} of {sds[-1]}." if len(sds) > 2 else "."),
            f"One bond for all clusters would be {bonds[0]} without a shadow year and {bonds[1]} after one"
            + (f"; after {last} {bonds[-1]}." if len(bonds) > 2 else "."),
        ]
        by_years: dict[int | None, list[str]] = {}
        for name in self.names[:-1]:
            by_years.setdefault(self.ready_after(name), []).append(name)
        for known, names in sorted(by_years.items(), key=lambda pair: (pair[0] is None, pair[0] or 0)):
            verb = "is" if len(names) == 1 else "are"
            when = (
                f"not ready after {in_letters(self.years[-2])}"
                if known is None
                else "ready without any"
                if known == 0
                else f"ready after {in_letters(known)}"
            )
            said.append(f"{joined(names)} {verb} {when}.")
        return tuple(said)

    def tables(self) -> tuple[Table, ...]:
        """Return what a further year is worth to all together, and then by cluster."""
        return self._by_cluster("outturns"), self._by_cluster("bonds"), self._together(), self._everything()

    def _together(self) -> Table:
        rows = [self.row(known) for known in self.years]
        columns: list[Column] = [numbers("shadow years", self.years, "shadow_years"), _next_sd(rows)]
        columns += self._measured(rows)
        title = "What is a shadow year worth? All clusters together; changes from one year fewer"
        return Table("all together", title, tuple(columns))

    def _measured(self, rows: list[ShadowRow]) -> list[Column]:
        columns: list[Column] = []
        for name in MEASURES:
            found = [row.estimates.get(name) for row in rows]
            if any(one is not None for one in found):
                column = measures(name, found)
                columns += [column, change(column, [row.changes.get(name) for row in rows])]
        return columns

    def _by_cluster(self, what: str) -> Table:
        names = self.names
        columns: list[Column] = [
            text("cluster", names),
            people([self.row(0, name).people for name in names]),
        ]
        for known in self.years:
            found = [self.row(known, name) for name in names]
            heading = f"after {in_letters(known)}" if known else "after none"
            if what == "bonds":
                columns.append(measures(BOND, [one.bond for one in found], heading=heading))
            else:
                cells = [one.estimates[NEXT_SD] for one in found]
                columns.append(shares(heading, cells, f"{NEXT_SD}_{known}"))
        if what == "bonds":
            title = "What bond is needed? At 95%, over the whole contract, by shadow years"
        else:
            ready = [self.ready_after(name) for name in names[:-1]]
            shown = [f"over {self.years[-2]}" if known is None else str(known) for known in ready]
            columns.append(text("ready after", [*shown, ""], "ready_after_years"))
            title = "When is a cluster ready? SD of the next outturn about a fair budget, by shadow years"
        return Table(what, title, tuple(columns), rows_apart=1)

    def _everything(self) -> Table:
        rows = list(self.rows)
        columns = [
            numbers("shadow years", [row.known for row in rows], "shadow_years"),
            text("cluster", [row.cluster for row in rows]),
            _next_sd(rows),
            *self._measured(rows),
        ]
        return Table("everything", "Every number", tuple(columns), keys=2, in_files_only=True)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        return (
            self.errors_note,
            mark_means("All numbers of shadow years share the same draws of chance"),
            "A shadow year: the budget runs on paper, nothing is paid, and spend tells of need. Budgets are "
            "then best estimates by the scenario's own law of shocks, before true savings; the scenario's "
            "budget rules play no part.",
            f"Ready: a further shadow year would take less than {100 * WORTH:g}% off the SD of the next "
            "outturn. That limit is an assumption. Bonds of several years fall further, as growth takes "
            "longer to learn.",
            *self._luck(),
        )

    def _luck(self) -> tuple[str, ...]:
        if any(cluster.truly_saves for cluster in self.scenario.settings.clusters):
            return (
                "True savings by year count from the first shadow year: practices learn while nothing is "
                "paid.",
            )
        if self.scenario.settings.truly_saves:
            return ()
        return ("No cluster truly saves anything here: every practice share above is luck.",)


def _next_sd(rows: Sequence[ShadowRow]) -> Column:
    return shares("SD of next outturn, of budget", [row.estimates[NEXT_SD] for row in rows], NEXT_SD)
