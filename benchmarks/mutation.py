"""A study on demand: deliberate mistakes in the money, and how many the tests see (half an hour).

`python -m benchmarks.mutation 300` draws 300 of the mistakes that cosmic-ray can make in `simulator/rules`,
`risk`, `spend` and `actions` (a plus for a minus, a bound that is one off, a condition turned round), makes
each in a copy of the committed project, and runs the tests that run its line, the quickest first, until one
fails. What no test saw is listed in `benchmarks/mutation.md`, with the share and its interval. `--seed` draws
others; `make mutation` installs cosmic-ray first. `benchmarks/mutation-judged.toml` says of mistakes that
nobody could see why that is so.
"""

from __future__ import annotations

import argparse
import difflib
import resource
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

import cosmic_ray.plugins
import numpy as np
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from benchmarks.copying import ROOT, copied
from benchmarks.forked_tests import run
from benchmarks.touching import Touching, learned
from simulator.random_streams import RandomStreams
from simulator.risk.estimation import probability

PAGE = ROOT / "benchmarks" / "mutation.md"
JUDGED = ROOT / "benchmarks" / "mutation-judged.toml"
PARTS = ("simulator/rules", "simulator/risk", "simulator/spend", "simulator/actions")
FIRST, MOST_SECONDS = 30, 60.0
"""So many tests are tried first, and of the rest the quickest, as many as took so long together."""
DECLARED = "tests/golden/test_declared.py"
WAITS_SECONDS = 1_200.0
"""A mistake that leaves its tests waiting for so long is seen."""
TESTS = {
    "golden": "declared estimator_numbers scenario_numbers spend_numbers",
    "unit": "settl* surplus_split bond pool corridor positions_by_hand whole_contract_settlement actions "
    "overspend_share partner minimum_savings_rate legal_forms per_case_limit outcomes_in_parts "
    "actions_by_month estimates difference dust measures sums unit_costs empirical totals_map mean_tables "
    "within_limit compound payments worth rule_notes question_directions scope every_problem "
    "numbers_in_tables precision books_in_parts looked_at bond_question consistency explain pennies "
    "rounding budget_rules luck sweep compare payment_terms_explained check_report "
    "regimes_shown shadow size solve document_words forecast joiners just_allowed",
    "property": "by_notation ledger positions conservation idle_settings",
    "architecture": "documentation parts laws measures",
    "e2e": "scenario_keys",
}
# One other sign each, of those that a hand could have typed; the rest (`a << b` for `a * b`) break at once.
SIGNS = ("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "Pow_Mul", "FloorDiv_Mul", "Mod_Mul")
COMPARISONS = ("Lt_LtE", "Lt_Gt", "LtE_Lt", "LtE_GtE", "Gt_GtE", "Gt_Lt", "GtE_Gt", "GtE_LtE")
EQUALITIES = ("Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")
KINDS = (
    *(f"core/ReplaceBinaryOperator_{one}" for one in SIGNS),
    *(f"core/ReplaceComparisonOperator_{one}" for one in (*COMPARISONS, *EQUALITIES)),
    *(f"core/ReplaceUnaryOperator_{one}" for one in ("Delete_USub", "Delete_Not", "Delete_Invert")),
    *(f"core/{one}" for one in ("NumberReplacer", "AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd")),
    *(f"core/{one}" for one in ("ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ZeroIterationForLoop")),
)


@dataclass(frozen=True, order=True)
class Mistake:
    """One that cosmic-ray can make."""

    file: str
    row: int
    kind: str
    number: int  # among those of its kind in the file

    def made(self, source: str) -> str:
        """Return the file's text with the mistake."""
        changed = mutate_code(source, cosmic_ray.plugins.get_operator(self.kind)(), self.number)
        if changed is None:
            raise ValueError(f"{self} cannot be made")
        return str(changed)


@dataclass(frozen=True)
class Outcome:
    """What came of a mistake."""

    place: str
    was: str  # lines of the file, without their indent
    now: str
    seen_by: str  # the first test that failed; nothing if none did

    @property
    def changed(self) -> tuple[str, str, str]:
        """What tells it from others, wherever in its file it stands."""
        return self.place.partition(":")[0], self.was, self.now


def files_of_tests(folder: Path) -> list[str]:
    """Return the files of tests in a copy."""
    return [
        str(path.relative_to(folder))
        for kind, words in TESTS.items()
        for word in words.split()
        for path in sorted((folder / "tests" / kind).glob(f"test_{word}.py"))
    ]


def possible(folder: Path) -> list[Mistake]:
    """Return the mistakes that a hand could have made."""
    found = []
    for path in (path for part in PARTS for path in (folder / part).rglob("*.py")):
        nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
        for kind in KINDS:
            operator = cosmic_ray.plugins.get_operator(kind)()
            rows = [start[0] for node in nodes for start, _ in operator.mutation_positions(node)]
            file = str(path.relative_to(folder))
            found += [Mistake(file, row, kind, number) for number, row in enumerate(rows)]
    return sorted(found)


def outcomes(touching: Touching, mistakes: list[Mistake]) -> Iterator[Outcome]:
    """Make each mistake in turn, and yield what came of it."""
    sees = Counter[str]()  # by test, the mistakes that it was the first to see
    for mistake in mistakes:
        path = touching.folder / mistake.file
        source = path.read_text(encoding="utf-8")
        changed = mistake.made(source)
        # What is declared is soon asked; then the quickest first, and those that have seen most.
        seconds = {test: touching.seconds[test] for test in touching.tests(mistake.file, mistake.row)}
        order = sorted(
            seconds, key=lambda test: (DECLARED not in test, seconds[test] / (1 + sees[test]), test)
        )
        order = order[: int(np.searchsorted(np.cumsum([seconds[test] for test in order]), MOST_SECONDS)) + 1]
        write_anew(path, changed)
        try:
            seen_by = next(
                filter(None, (seen(touching, order[at]) for at in (slice(FIRST), slice(FIRST, None)))), ""
            )
        finally:
            write_anew(path, source)
        sees[seen_by] += 1
        yield Outcome(f"{mistake.file}:{mistake.row}", *lines_changed(source, changed), seen_by)


def write_anew(path: Path, text: str) -> None:
    """Write a file of code, which no compiled form of it may stand for."""
    path.write_text(text, encoding="utf-8")
    Path(cache_from_source(str(path))).unlink(missing_ok=True)


def seen(touching: Touching, tests: list[str]) -> str:
    """Run tests until one fails, and return which; nothing if none does."""
    if not tests:
        return ""
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    order = {test: touching.seconds[test] for test in tests}
    ran = run(touching.folder, ["-x", *files], order, WAITS_SECONDS)
    return "a test that waits for ever" if ran.code is None else ran.failed


def lines_changed(source: str, changed: str) -> tuple[str, str]:
    """Return the lines that a mistake takes away, and those that it puts there."""
    lines = list(difflib.ndiff(source.splitlines(), changed.splitlines()))
    was, now = (" ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
    return was, now


def judged() -> dict[tuple[str, str, str], str]:
    """Return the reasons why nobody could see some mistakes."""
    return {
        (one["file"], one["was"], one["now"]): one["why"]
        for one in tomllib.loads(JUDGED.read_text(encoding="utf-8")).get("mistake", [])
    }


def written(found: list[Outcome], most: int, seed: int, minutes: float) -> str:
    """Return the page: the share that no test saw, with its interval, and each of them."""
    reasons = judged()
    unseen = sorted((one for one in found if not one.seen_by), key=lambda one: one.place)
    idle = [one for one in unseen if one.changed in reasons]
    left = [one for one in unseen if one.changed not in reasons]
    return "\n".join(
        [
            "# Mistakes made on purpose",
            "",
            f"Made by `python -m benchmarks.mutation {len(found)} --seed {seed}`: {len(found)} of the "
            f"{most:,} mistakes of these kinds that cosmic-ray can make in {', '.join(PARTS)}. "
            f"It took {minutes:.0f} minutes of processor time. Each was shown those of a list of tests "
            f"that run its line, as many of the quickest as take {MOST_SECONDS:.0f} s; "
            "the rest of the suite may see more.",
            "",
            f"- **No test saw {share(len(unseen), len(found))}**, all counted. The bar is 5%.",
            f"- {len(idle)} of these nobody could see: they change no result, for the reasons below. Without "
            f"them, no test saw {share(len(left), len(found) - len(idle))}.",
            "",
            "## That a test should have seen",
            "",
            *([line for one in left for line in shown(one)] or ["None.", ""]),
            "## That nobody could see",
            "",
            "Judged by a person, one by one.",
            "",
            *([line for one in idle for line in shown(one, reasons[one.changed])] or ["None.", ""]),
        ]
    )


def share(some: int, of: int) -> str:
    """Return how many of how many, as a share with its interval."""
    found = probability(np.arange(of) < some)
    ends = f"{100 * found.low:.1f}% to {100 * found.high:.1f}%, 95% interval"
    return f"{some} of {of}: {100 * found.value:.1f}% ({ends})"


def shown(one: Outcome, why: str = "") -> list[str]:
    """Return lines of the page on a mistake."""
    told = [f"- `{one.place}`{': ' + why if why else ''}", ""]
    return [*told, "  ```diff", f"  - {one.was}", f"  + {one.now}", "  ```", ""]


def main() -> None:
    """Draw mistakes, make each, and write down what no test saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=PAGE)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name).resolve())
        touching = learned(folder, PARTS, files_of_tests(folder))
        mistakes = possible(folder)
        drawn = RandomStreams(chosen.seed).generator("mistakes").permutation(len(mistakes))[: chosen.count]
        found = list[Outcome]()
        with suppress(KeyboardInterrupt):  # what was found by then is written
            for one in outcomes(touching, [mistakes[at] for at in drawn]):
                found.append(one)
                sys.stderr.write(f"{len(found)} {one.place}: {one.seen_by or 'NOT SEEN'}\n")
        # What has seen mistakes must see none where none is.
        wrongly = seen(touching, sorted({one.seen_by for one in found} & set(touching.seconds)))
        if wrongly:
            sys.exit(f"{wrongly} fails without any mistake")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    minutes = (used.ru_utime + used.ru_stime) / 60
    chosen.out.write_text(written(found, len(mistakes), chosen.seed, minutes), encoding="utf-8")


if __name__ == "__main__":
    main()
