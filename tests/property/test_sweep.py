"""What must hold for any sweep: workers do not matter, and neither does being stopped."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.execution.new_files import unfinished
from simulator.questions.sweep.ask import Sweep, run_sweep, sweep
from simulator.questions.sweep.journal import sweep_journal
from simulator.questions.sweep.question import SweepQuestion, sweep_question
from simulator.risk.paired import NUMBERS
from simulator.simulation.draws import Draws
from tests.builders import checked, scenario_of

VARY = {"rules.surplus.practice_share": "0.05:0.2:0.05", "clusters.South.true_saving_share": "0,0.1"}


def question(seed: int = 1) -> SweepQuestion:
    return sweep_question(checked(scenario_of()), VARY, draws=Draws(100, seed))


@pytest.fixture(scope="module")
def whole() -> Sweep:
    return run_sweep(question())


class KilledError(Exception):
    """Stands for whatever stops a sweep."""


def killed_after(out: Path, policies: int) -> None:
    """Run a sweep that is stopped after some policies."""
    asked = question()
    with (
        suppress(KilledError),
        sweep_journal(out, asked.identity(), (len(asked.places), len(NUMBERS)), resume=False) as journal,
    ):

        def keep(number: int, numbers: np.ndarray) -> None:
            journal.keep(number, numbers)
            if len(journal.found) == policies:
                raise KilledError

        run_sweep(asked, keep=keep)
    assert unfinished(out).exists()


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_do_not_matter(whole: Sweep, workers: int) -> None:
    found = sweep(checked(scenario_of()), VARY, draws=Draws(100, workers=workers))
    assert found.numbers.tobytes() == whole.numbers.tobytes()
    assert found.base == whole.base


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_sweep_killed_anywhere_ends_the_same(whole: Sweep, data: st.DataObject) -> None:
    asked = question()
    shape = (len(asked.places), len(NUMBERS))
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "sweep.csv"
        killed_after(out, data.draw(st.integers(1, len(asked.policies))))
        with sweep_journal(out, asked.identity(), shape, resume=True) as again:
            before, workers = set(again.found), data.draw(st.integers(1, 2))
            anew: set[int] = set()
            found = run_sweep(asked, workers, found=again.found, keep=lambda number, _: anew.add(number))
    assert before | anew == set(range(len(asked.policies)))
    assert not before & anew
    assert found.numbers.tobytes() == whole.numbers.tobytes()
    assert found.every_number().to_csv() == whole.every_number().to_csv()


def test_what_was_found_is_used_and_not_made_again(whole: Sweep) -> None:
    # A policy that is said to be found is taken as it is, even where it is wrong.
    wrong = np.full_like(whole.numbers[3], 7.0)
    found = run_sweep(question(), found={3: wrong})
    assert (found.numbers[3] == 7.0).all()
    assert np.array_equal(found.numbers[[0, 1, 2, 4]], whole.numbers[[0, 1, 2, 4]], equal_nan=True)


def test_another_question_has_another_identity() -> None:
    scenario = checked(scenario_of())
    same = question().identity()
    others = [
        sweep_question(scenario.vary("pct.name=Other"), VARY, draws=Draws(100, 1)),
        sweep_question(scenario, VARY, draws=Draws(200, 1)),
        question(seed=2),
        sweep_question(scenario, VARY, measures=["bond_needed_gbp"], draws=Draws(100, 1)),
        sweep_question(scenario, VARY, clusters=["North"], draws=Draws(100, 1)),
        sweep_question(scenario, dict(reversed(VARY.items())), draws=Draws(100, 1)),
        sweep_question(scenario, VARY | {"clusters.South.true_saving_share": "0,0.2"}, draws=Draws(100, 1)),
    ]
    assert question().identity() == same
    assert all(other.identity() != same for other in others)
