"""A study on demand: deliberate mistakes in the money, and how many the tests see (minutes to hours).

`python benchmarks/mutation.py 300` draws 300 of the mistakes that cosmic-ray can make in `simulator/rules`,
`risk`, `spend` and `actions` (a plus for a minus, a bound that is one off, a condition turned round), makes
each in a copy of the committed project, and runs the tests that read these parts until one fails. What no
test saw is listed in `benchmarks/mutation.md`, with the share and its interval. `--seed` draws others;
`--processes` works on so many copies at once. `make mutation` installs cosmic-ray first.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np

from simulator.random_streams import RandomStreams
from simulator.risk.estimation import probability

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "benchmarks" / "mutation.md"
COSMIC_RAY = [sys.executable, "-m", "cosmic_ray.cli"]
PARTS = ("simulator/rules", "simulator/risk", "simulator/spend", "simulator/actions")
LONGEST_SECONDS = 3600.0
# Tests of these parts, those first that see most; what they miss, another test of the suite may still see.
TESTS = {
    "golden": "summaries",
    "unit": "settl* surplus_split bond pool corridor positions_by_hand whole_contract_settlement actions "
    "overspend_share partner minimum_savings_rate legal_forms per_case_limit outcomes_in_parts "
    "actions_by_month estimates difference dust measures sums unit_costs empirical totals_map mean_tables "
    "within_limit compound payments worth rule_notes question_directions scope every_problem "
    "numbers_in_tables precision",
    "property": "by_notation ledger positions conservation every_term_matters idle_settings",
    "architecture": "documentation parts laws measures",
    "statistical": "demand_laws estimates within_limit in_year_control",
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


def copied(folder: Path) -> Path:
    """Return a folder with the committed project, whose tests run on it and not on this one."""
    folder.mkdir()
    packed = folder / "project.tar"
    subprocess.run([shutil.which("git") or "git", "archive", "HEAD", "-o", packed], cwd=ROOT, check=True)
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder


def configured(folder: Path) -> Path:
    """Write what cosmic-ray is to do in a copy, and return its session of all mistakes."""
    files = [
        str(path.relative_to(folder))
        for kind, words in TESTS.items()
        for word in words.split()
        for path in sorted((folder / "tests" / kind).glob(f"test_{word}.py"))
    ]
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {' '.join(files)}"
    (folder / "mutation.toml").write_text(
        f"[cosmic-ray]\nmodule-path = {list(PARTS)}\ntimeout = {LONGEST_SECONDS}\nexcluded-modules = []\n"
        f'test-command = "{command}"\n[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    session = folder / "session.sqlite"
    subprocess.run([*COSMIC_RAY, "init", "mutation.toml", session.name], cwd=folder, check=True)
    return session


def kept(session: Path, mistakes: list[str]) -> None:
    """Leave just these mistakes in a session."""
    with closing(sqlite3.connect(session)) as rows, rows:
        rows.execute("create temp table kept (job_id text primary key)")
        rows.executemany("insert into kept values (?)", [(one,) for one in mistakes])
        for table in ("mutation_specs", "work_items"):
            rows.execute(f"delete from {table} where job_id not in (select job_id from kept)")  # noqa: S608


def places(session: Path) -> dict[str, str]:
    """Return the mistakes that a hand could have made: what and where, and cosmic-ray's name for it."""
    asked = "select job_id, operator_name, module_path, start_pos_row, occurrence from mutation_specs"
    with closing(sqlite3.connect(session)) as rows:
        return {
            f"{module}:{row} {kind} {number}": job
            for job, kind, module, row, number in sorted(rows.execute(asked), key=lambda one: one[1:])
            if kind in KINDS
        }


def outcomes(session: Path) -> Iterator[tuple[str, str, str]]:
    """Yield place, outcome (`SURVIVED`, `KILLED`, `INCOMPETENT`) and the changed lines of what was tried."""
    columns = "module_path, start_pos_row, test_outcome, diff"
    asked = f"select {columns} from mutation_specs join work_results using (job_id)"  # noqa: S608
    with closing(sqlite3.connect(session)) as rows:
        for module, row, outcome, diff in rows.execute(asked):
            changed = [line for line in (diff or "").splitlines() if re.match(r"[+-](?![+-])", line)]
            yield f"{module}:{row}", outcome, "\n".join(changed)


def written(found: list[tuple[str, str, str]], possible: int, seed: int) -> str:
    """Return the page: the share that no test saw, with its interval, and each of them."""
    unseen = sorted((place, lines) for place, outcome, lines in found if outcome == "SURVIVED")
    share = probability(np.array([outcome == "SURVIVED" for _, outcome, _ in found]))
    return "\n".join(
        [
            "# Mistakes made on purpose",
            "",
            f"Made by `python benchmarks/mutation.py {len(found)} --seed {seed}`: {len(found)} of the "
            f"{possible:,} mistakes of these kinds that cosmic-ray can make in {', '.join(PARTS)}.",
            "",
            f"**No test saw {len(unseen)} of {len(found)}: {100 * share.value:.1f}% "
            f"({100 * share.low:.1f}% to {100 * share.high:.1f}%, 95% interval).** The bar is 5%.",
            "",
            *(
                f"- `{place}`\n\n  ```diff\n{re.sub('^', '  ', lines, flags=re.MULTILINE)}\n  ```"
                for place, lines in unseen
            ),
            "",
        ]
    )


def main() -> None:
    """Draw mistakes, make each, and write down what no test saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sessions = [configured(copied(Path(folder, str(number)))) for number in range(chosen.processes)]
        possible = [places(session) for session in sessions]
        drawn = RandomStreams(chosen.seed).generator("mistakes").permutation(len(possible[0]))[: chosen.count]
        names = [list(possible[0])[at] for at in drawn]
        for number, session in enumerate(sessions):
            kept(session, [possible[number][name] for name in names[number :: chosen.processes]])
        run = [*COSMIC_RAY, "exec", "mutation.toml", "session.sqlite"]
        with ThreadPoolExecutor(chosen.processes) as pool:
            list(pool.map(lambda one: subprocess.run(run, cwd=one.parent, check=True), sessions))
        found = [one for session in sessions for one in outcomes(session)]
    PAGE.write_text(written(found, len(possible[0]), chosen.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
