"""What a sweep is asked: policies and estimates, all checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version

from simulator.errors import InputError, Problem, shown, unknown
from simulator.questions.sweep.check import Policy, overrides, policy_problems
from simulator.questions.sweep.ranges import Range, Values, policies_of, read_ranges
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.measures import columns
from simulator.risk.paired import Place
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws

MOST_ESTIMATES = 5_000_000
"""All policies' estimates together: some 300 MB, and a file that a spreadsheet cannot open."""
_RULES = "rules."


@dataclass(frozen=True)
class SweepQuestion:
    """A sweep that can be run."""

    scenario: Scenario  # the base policy
    ranges: tuple[Range, ...]  # keys and their values
    policies: tuple[Policy, ...]  # A value of each key
    places: tuple[Place, ...]  # what is estimated: a row (a cluster or the PCT) and a measure
    contracts: int  # the draws that all policies share
    seed: int  # the draws that all policies share

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that vary."""
        return tuple(one.key for one in self.ranges)

    def in_words(self, together: bool) -> str:
        """Return how the policies are asked for on the command line."""
        varied = " ".join(f"--vary '{one.key}={','.join(one.values)}'" for one in self.ranges)
        return f"{varied} --together" if together else varied

    def policy(self, number: int) -> Scenario:
        """Return a policy's scenario, by its number from 0."""
        return self.scenario.vary(*overrides(self.keys, self.policies[number]))

    def order(self) -> list[int]:
        """Return the policies' numbers, those that share demand one after another: it stays drawn."""
        demand = [at for at, key in enumerate(self.keys) if not key.startswith(_RULES)]
        ranks = [{value: rank for rank, value in enumerate(one.values)} for one in self.ranges]
        return sorted(
            range(len(self.policies)),
            key=lambda number: [ranks[at][self.policies[number][at]] for at in demand],
        )

    def identity(self) -> dict[str, str]:
        """Return what must be the same for two sweeps to find the same numbers, by name."""
        return {
            "scenario": self.scenario.fingerprint,
            "contracts": str(self.contracts),
            "seed": str(self.seed),
            "keys of --vary": ", ".join(self.keys),
            "values of --vary": _digest(self.policies),
            "clusters and measures": _digest(self.places),
            "version of cluster-risk": version("cluster-risk"),
            "version of numpy": version("numpy"),
        }


def sweep_question(
    scenario: Scenario,
    vary: Mapping[str, Values] | Sequence[str],
    together: bool = False,
    measures: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda policies_checked, of_policies: None,
    most_estimates: int = MOST_ESTIMATES,
) -> SweepQuestion:
    """Check what a sweep is asked, every policy included; see `sweep` for most parameters."""
    if not isinstance(scenario, Scenario):
        raise InputError([Problem("scenario", "what load_scenario returns", shown(scenario))])
    problems: list[Problem] = []
    places: tuple[Place, ...] = ()
    ranges: tuple[Range, ...] = ()
    policies: tuple[Policy, ...] = ()
    with _noted(problems):
        draws.of(scenario)
    with _noted(problems):
        places = places_of(scenario, measures, clusters)
    with _noted(problems):
        ranges = read_ranges(vary)
        policies = policies_of(ranges, together)
    if len(policies) * len(places) > most_estimates:
        got = f"{len(policies):,} policies of {len(places)} estimates each"
        hint = "name the measures that matter, or take longer steps"
        problems.append(Problem("--vary", f"at most {most_estimates:,} estimates", got, hint))
    elif policies:
        problems.extend(
            policy_problems(scenario, [one.key for one in ranges], policies, max(draws.workers, 1), progress)
        )
    if problems:
        raise InputError(problems)
    settled = draws.of(scenario)
    return SweepQuestion(scenario, ranges, policies, places, settled.contracts, settled.seed)


@contextmanager
def _noted(problems: list[Problem]) -> Iterator[None]:
    """Add the problems that turn up to those that were found before."""
    try:
        yield
    except InputError as error:
        problems.extend(error.problems)


def places_of(
    scenario: Scenario, measures: Sequence[str] | None, clusters: Sequence[str] | None
) -> tuple[Place, ...]:
    """Return the estimates to make, by row and measure."""
    settings = scenario.settings
    known = columns(settings.contract.years)
    rows = [*(cluster.name for cluster in settings.clusters), ALL_CLUSTERS]
    wanted, wanted_rows = known if measures is None else measures, rows if clusters is None else clusters
    problems = [one for name in wanted for one in unknown("measure", name, list(known))]
    problems += [one for name in wanted_rows for one in unknown("cluster", name, rows)]
    if problems:
        raise InputError(problems)
    return tuple(
        (row, name)
        for row in rows
        if row == ALL_CLUSTERS or row in wanted_rows
        for name, column in known.items()
        if name in wanted and column.measure.is_of(row)
    )


def _digest(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()
