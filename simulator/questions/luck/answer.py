"""The answer to `luck`: its tables, and sentences to read aloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Column, Table, change, people, pounds, shares, text
from simulator.plain_words import per_cent_of
from simulator.questions.luck.estimates import (
    EARNED,
    LUCK_SHARE,
    PAID,
    SAVERS,
    SAVERS_OF_A_YEAR,
    SHARE,
    SHARE_PER_HEAD,
    SHARE_PER_YEAR,
    UNPAID,
    change_of,
)
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import money, per_cent
from simulator.scenario.schema import Cluster, ScenarioFile

AS_IT_IS = "the scenario as it is"
_MEASURES = (
    SHARE,
    SHARE_PER_YEAR,
    SHARE_PER_HEAD,
    PAID,
    UNPAID,
    EARNED,
    LUCK_SHARE,
    SAVERS_OF_A_YEAR,
    SAVERS,
)


@dataclass(frozen=True, slots=True)
class LuckRow:
    """What a cluster is paid under one policy at one true saving."""

    policy: str  # what is changed of the rules
    true_saving_share: float  # of every cluster; 0 for luck alone
    cluster: str  # its name; or PCT, for all that take the practice share together
    people: float  # registered list
    estimates: Mapping[str, Estimate]  # by measure, named in `estimates`; one without meaning is missing


@dataclass(frozen=True)
class LuckAnswer(DrawnAnswer):
    """What `luck` returns."""

    rows: tuple[LuckRow, ...]  # by policy, true saving and cluster
    policy_saving: float  # true saving at which policies are compared
    per_case_share: float  # of the care that is planned for the clusters' people: of what a saving is a part

    @property
    def names(self) -> tuple[str, ...]:
        """Clusters that take the practice share, and all of them together."""
        return tuple(dict.fromkeys(row.cluster for row in self.rows))

    @property
    def is_whole(self) -> bool:
        """Whether no cluster of the scenario is left out."""
        settings = self.scenario.settings
        return len(who_can_be_paid(settings)) == len(settings.clusters)

    @property
    def all_together(self) -> str:
        """Whom the last row is about, in words."""
        return "all clusters together" if self.is_whole else "all clusters that take the share"

    @property
    def true_savings(self) -> tuple[float, ...]:
        """True savings, rising, without the zero."""
        return tuple(dict.fromkeys(row.true_saving_share for row in self.rows if row.true_saving_share))

    @property
    def policy_names(self) -> tuple[str, ...]:
        """The scenario as it is, and each change of rules."""
        return tuple(dict.fromkeys(row.policy for row in self.rows))

    def row(self, policy: str = AS_IT_IS, saving: float = 0.0, cluster: str = ALL_CLUSTERS) -> LuckRow:
        """Return what one of `names` is paid under one of `policy_names` at a true saving.

        That is zero or one of `true_savings`; for a change of rules, zero or `policy_saving`.
        """
        wanted = (policy, saving, cluster)
        return next(row for row in self.rows if (row.policy, row.true_saving_share, row.cluster) == wanted)

    def tables(self) -> tuple[Table, ...]:
        """Return what is paid for luck, what true savings are paid, and what rules would change."""
        return (
            *(self._for_luck(), self._unpaid(), self._earned(), self._savers(), self._policies()),
            self._everything(),
        )

    def _for_luck(self) -> Table:
        rows = [self.row(cluster=name) for name in self.names]
        columns = (
            self._clusters(),
            people([row.people for row in rows]),
            pounds("paid for luck a year", _of(rows, SHARE_PER_YEAR), SHARE_PER_YEAR),
            pounds("paid for luck over the contract", _of(rows, SHARE), SHARE),
            pounds("paid for luck a head", _of(rows, SHARE_PER_HEAD), SHARE_PER_HEAD),
            shares("paid something", _of(rows, PAID), PAID),
        )
        title = "What would practices be paid if no cluster truly saved anything?"
        return Table("paid for luck", title, columns, rows_apart=1)

    def _unpaid(self) -> Table:
        columns = (
            shares(
                f"saving {per_cent_of(saving)}",
                _of([self.row(saving=saving, cluster=name) for name in self.names], UNPAID),
                f"unpaid_at_{100 * saving:g}_percent_probability",
            )
            for saving in self.true_savings
        )
        title = "How likely is a true saving to go unpaid over the whole contract?"
        return Table("unpaid savings", title, (self._clusters(), *columns), rows_apart=1)

    def _earned(self) -> Table:
        rows = [self.row(saving=saving) for saving in self.true_savings]
        columns = (
            shares("true saving", self.true_savings),
            pounds("practice share over the contract", _of(rows, SHARE), SHARE),
            pounds("earned by the saving", _of(rows, EARNED), EARNED),
            shares("luck, of the share", _of(rows, LUCK_SHARE), LUCK_SHARE),
        )
        title = f"How much of the practice share is earned? {self.all_together.capitalize()}"
        return Table("true savings", title, columns)

    def _savers(self) -> Table:
        rows = [self.row(saving=self.policy_saving, cluster=name) for name in self.names]
        columns = (
            self._clusters(),
            shares("surplus of one year", _of(rows, SAVERS_OF_A_YEAR), SAVERS_OF_A_YEAR),
            shares("surplus over the contract", _of(rows, SAVERS), SAVERS),
        )
        title = (
            "Of clusters with a surplus, which part truly saved? If half of all truly save "
            f"{per_cent_of(self.policy_saving)} (assumption)"
        )
        return Table("true savers", title, columns, rows_apart=1)

    def _policies(self) -> Table:
        luck = [self.row(name) for name in self.policy_names]
        saved = [self.row(name, self.policy_saving) for name in self.policy_names]
        saving = per_cent_of(self.policy_saving)
        columns: list[Column] = [text("rules", self.policy_names, "policy")]
        for column, rows in (
            (pounds("paid for luck", _of(luck, SHARE), SHARE), luck),
            (shares("paid for nothing", _of(luck, PAID), PAID), luck),
            (shares(f"saving of {saving} unpaid", _of(saved, UNPAID), UNPAID), saved),
            (pounds(f"earned by {saving}", _of(saved, EARNED), EARNED), saved),
        ):
            columns += [column, change(column, _of(rows, change_of(column.name)))]
        whose = self.all_together.capitalize()
        title = f"What would other rules change? {whose}; changes from the scenario as it is"
        return Table("policies", title, tuple(columns))

    def _everything(self) -> Table:
        rows = self.rows
        columns: list[Column] = [
            text("policy", [row.policy for row in rows]),
            shares("true saving", [row.true_saving_share for row in rows]),
            text("cluster", [row.cluster for row in rows]),
            people([row.people for row in rows]),
        ]
        for name in _MEASURES:
            made = pounds if "_gbp" in name else shares
            columns.append(made(name.replace("_", " "), _of(rows, name), name))
            if any(change_of(name) in row.estimates for row in rows):
                columns.append(change(columns[-1], _of(rows, change_of(name))))
        title = "Every estimate, by rules, true saving and cluster"
        return Table("everything", title, tuple(columns), keys=3, in_files_only=True)

    def _clusters(self) -> Column:
        # The name of all together would claim those that are left out.
        return text("cluster", (*self.names[:-1], ALL_CLUSTERS if self.is_whole else self.all_together))

    def sentences(self) -> tuple[str, ...]:
        """Return what is paid for luck, which saving goes unpaid, and what another rule would change."""
        others = (self._other_in_words(name) for name in self.policy_names[1:2])
        return (self._luck_in_words(), self._unpaid_in_words(), *self._savers_in_words(), *others)

    def _luck_in_words(self) -> str:
        found = self.row().estimates
        if not found[PAID].value > 0:
            return "With no true saving at all, practices would be paid nothing."
        clusters = len(self.names) - 1
        those = "clusters" if self.is_whole else "clusters that take the share"
        whose = f"the {clusters} {those}" if clusters > 1 else self.names[0]
        return (
            f"With no true saving at all, practices of {whose} would be paid {money(found[SHARE])} over the "
            f"contract for luck: a cluster would be paid in {per_cent(found[PAID])} of contracts."
        )

    def _unpaid_in_words(self) -> str:
        found = self.row(saving=self.policy_saving).estimates
        unpaid = f"{self._saving} would go unpaid in {per_cent(found[UNPAID])} of contracts"
        if LUCK_SHARE not in found:
            return f"{unpaid}."
        return f"{unpaid}; of what practices would then be paid, {per_cent(found[LUCK_SHARE])} is luck."

    def _savers_in_words(self) -> Iterator[str]:
        found = self.row(saving=self.policy_saving).estimates
        if SAVERS in found:
            yield (
                f"If half of all clusters truly save {per_cent_of(self.policy_saving)} (assumption) and the "
                f"others nothing, of those with a surplus over the contract {per_cent(found[SAVERS])} truly "
                f"saved; of those with a surplus in one year, {per_cent(found[SAVERS_OF_A_YEAR])}."
            )

    def _other_in_words(self, policy: str) -> str:
        luck, saved = (self.row(policy, one).estimates for one in (0.0, self.policy_saving))
        before, move = self.row(saving=self.policy_saving).estimates[UNPAID], saved[change_of(UNPAID)]
        pause = "," if "," in policy else ""
        start = f"{policy[0].upper()}{policy[1:]}{pause} would {_effect(luck[change_of(SHARE)])}, and"
        if move.low <= 0 <= move.high:
            return f"{start} hardly change how often {self._saving.lower()} goes unpaid."
        after = f"in {per_cent(saved[UNPAID])} of contracts instead of {per_cent(before)}"
        return f"{start} leave {self._saving.lower()} unpaid {after}."

    @property
    def _saving(self) -> str:
        return f"A true saving of {per_cent_of(self.policy_saving)}"

    @property
    def _demand(self) -> str:
        """What a true saving is a share of."""
        if self.per_case_share == 1:
            return "demand"
        return f"demand for care that is paid per case ({self.per_case_share:.0%} of what is planned)"

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        settings = self.scenario.settings
        clusters = settings.clusters
        sharing = [one for one in clusters if one.takes_share]
        left_out = {
            "taking no practice share": [one.name for one in clusters if not one.takes_share],
            "answering for nothing": [
                one.name for one in sharing if not answers_for_something(one, settings)
            ],
        }
        return (
            f"{self.errors_note} Everything shares the same draws of chance, so a change has a smaller error "
            "than if each had draws of its own.",
            "Luck: what is paid while no cluster truly saves anything, by chance or because budgets turn out "
            f"loose. A true saving: the same share of every cluster's {self._demand}, in every year; the "
            "scenario's own play no part. "
            f"Probabilities of {self.all_together} are of a cluster, on average.",
            "The sizes of the other rules are assumptions, to be set by options; a limit per case also takes "
            "the excess out of budgets, for the PCT to pay.",
            *(f"Left out, for {why}: {', '.join(names)}." for why, names in left_out.items() if names),
        )


def answers_for_something(cluster: Cluster, settings: ScenarioFile) -> bool:
    """Return whether a cluster has a budget: a part of some service line."""
    return any(cluster.answers_for(line.name) > 0 for line in settings.service_lines)


def who_can_be_paid(settings: ScenarioFile) -> tuple[int, ...]:
    """Return the positions of clusters that can be paid a practice share at all; others are left out."""
    each = enumerate(settings.clusters)
    return tuple(at for at, one in each if one.takes_share and answers_for_something(one, settings))


def _of(rows: Sequence[LuckRow], measure: str) -> list[Estimate | None]:
    return [row.estimates.get(measure) for row in rows]


def _effect(move: Estimate) -> str:
    if move.low <= 0 <= move.high:
        return "hardly change what is paid for luck"
    low, high = sorted((abs(move.low), abs(move.high)))
    size = Estimate(abs(move.value), low, high)
    return f"{'cut' if move.value < 0 else 'raise'} what is paid for luck by {money(size)}"
