"""Each scenario's summary against a stored one: a change of results is seen, and said.

To accept a change: delete the file in tests/golden/summaries, run the tests once (the run that
writes it fails), look at the difference, and say what changed under "Results changed" in CHANGELOG.md.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from simulator import load_scenario, simulate
from simulator.simulation.draws import Draws

ROOT = Path(__file__).resolve().parents[2]
STORED = Path(__file__).parent / "summaries"
CONTRACTS = 5_000
# Another processor may round a draw differently; it must not change results by more than this
# part of a standard error.
TOLERANCE = 0.05


@pytest.mark.parametrize("scenario", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_summary_is_as_stored(scenario):
    summary = simulate(load_scenario(scenario), Draws(CONTRACTS, 1)).summary()
    stored_file = STORED / f"{scenario.stem}.csv"
    if not stored_file.exists():
        stored_file.parent.mkdir(exist_ok=True)
        summary.to_csv(stored_file, lineterminator="\n", float_format="%.10g")
        pytest.fail(f"{stored_file.name} was missing and has been written; look at it, then run again")
    stored = pd.read_csv(stored_file, index_col="cluster")
    assert list(summary.columns) == list(stored.columns)
    assert list(summary.index) == list(stored.index)
    for column in summary.columns:
        allowed = TOLERANCE * error_of(summary, column) + 1e-9 * stored[column].abs()
        beyond = (summary[column] - stored[column]).abs() > allowed
        assert not beyond.any(), f"{column} changed for {list(summary.index[beyond])}"


def error_of(summary, column):
    """Standard error of a column, or half of what would be one for an interval's ends."""
    for ending in ("_standard_error", "_low", "_high"):
        column = column.removesuffix(ending)
    if f"{column}_standard_error" in summary:
        return summary[f"{column}_standard_error"]
    if f"{column}_low" in summary:
        return (summary[f"{column}_high"] - summary[f"{column}_low"]) / 4
    return 0.0
