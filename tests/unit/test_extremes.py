"""Tables of several PCTs on a page: their extremes, the total, and where the rest is."""

from __future__ import annotations

import io
import re

import pytest

from simulator.answers.answer import Answer
from simulator.answers.printer import Printer
from simulator.questions.check.answer import CheckAnswer
from simulator.questions.luck.ask import luck
from simulator.questions.run.answer import RunAnswer
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from tests.builders import BOND, SURPLUS, Table, checked, cluster_of, scenario_of, simulated

PCTS = 30
PEOPLE = [1_000 + 100 * (at * 7 % (2 * PCTS)) for at in range(2 * PCTS)]
"""Every size once, in no order."""


def many(pcts: bool = True) -> Table:
    named = [{"pct": f"PCT {at // 2:02}"} if pcts else {} for at in range(2 * PCTS)]
    clusters = [cluster_of(f"cluster {at:02}", PEOPLE[at]) | pct for at, pct in enumerate(named)]
    return scenario_of(clusters=clusters, rules=[SURPLUS, BOND])


@pytest.fixture(autouse=True)
def _usual_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)  # a narrower page parts tables


def page(answer: Answer) -> str:
    stream = io.StringIO()
    Printer(stream).answer(answer)
    return stream.getvalue()


def words_of(said: str) -> str:
    return " ".join(said.split())


def named_rows(said: str, key: str) -> list[str]:
    """Return the names of rows, such as "PCT 07", in the order in which a page has them."""
    found = (re.match(rf"[| ]*({key} \d\d)\b", line) for line in said.splitlines())
    return [one[1] for one in found if one]


def check(*overrides: str, pcts: bool = True) -> CheckAnswer:
    scenario = checked(many(pcts), *overrides)
    return CheckAnswer(scenario, make_plan(scenario), "it")


def test_check_of_many_pcts_sums_clusters_by_pct() -> None:
    by_pct, by_cluster = ({one.name: one for one in check(pcts=pcts).tables()} for pcts in (True, False))
    of_pct = [PEOPLE[2 * at] + PEOPLE[2 * at + 1] for at in range(PCTS)]
    order = sorted(range(PCTS), key=lambda at: -of_pct[at])
    for name in ("people", "budgets", "budget against spend"):
        keys, *columns = by_pct[name].columns
        assert (keys.name, keys.cells[-1]) == ("pct", "All PCTs together")
        assert keys.cells[:-1] == tuple(f"PCT {at:02}" for at in order)
        for column, whole in zip(columns, by_cluster[name].columns[1:], strict=True):
            cells = [float(cell) for cell in whole.cells]  # type: ignore[arg-type]
            assert column.cells[-1] == pytest.approx(cells[-1])
            if column.heading != "a head of list":
                expected = [cells[2 * at] + cells[2 * at + 1] for at in order]
                assert list(column.cells[:-1]) == pytest.approx(expected)
    heads = by_pct["budgets"].columns[-1].cells
    totals = [float(cell) for cell in by_pct["budgets"].columns[-2].cells]  # type: ignore[arg-type]
    people = [*(of_pct[at] for at in order), sum(of_pct)]
    assert list(heads) == pytest.approx([gbp / one for gbp, one in zip(totals, people, strict=True)])


def test_check_of_many_pcts_takes_a_page_or_two_and_says_where_the_rest_is() -> None:
    said = page(check())
    assert "People (the first 10 and the last 5 of 30)" in words_of(said)
    assert "--pct NAME checks one, and shows its clusters." in words_of(said)
    assert said.count("All PCTs together have") == 1
    assert len(named_rows(said, "PCT")) == 3 * 15
    # One of them, and clusters that are of one PCT, as ever.
    alone = page(check("pct.only=PCT 07"))
    assert "cluster 14" in alone
    assert "cluster 15" in alone
    assert "of 30)" not in alone
    whole = page(check(pcts=False))
    assert all(f"cluster {at:02}" in whole for at in range(2 * PCTS))
    assert "--pct" not in whole


def test_questions_show_the_largest_and_the_smallest_clusters() -> None:
    answer = luck(checked(many()), draws=Draws(100))
    said = page(answer)
    assert "(the 10 largest and the 5 smallest of 60)" in words_of(said)
    by_size = sorted(range(2 * PCTS), key=lambda at: -PEOPLE[at])
    shown = [f"cluster {at:02}" for at in (*by_size[:10], *by_size[-5:])]
    # The same clusters in every table, though only the first has sizes.
    assert named_rows(said, "cluster") == 3 * shown
    assert "Every row is in the file of --out" in words_of(said)
    # What is written is whole.
    assert len(answer.tables()[0].columns[0].cells) == 2 * PCTS + 1


def test_run_shows_which_pcts_are_exposed_most_and_least() -> None:
    answer = RunAnswer(simulated(many()))
    said = page(answer)
    exposed = next(table for table in answer.tables() if table.name == "exposures").columns[0].cells
    # A sentence begins with the first of them, too.
    assert named_rows(said, "PCT")[1:16] == [*exposed[:10], *exposed[-6:-1]]
    assert "Which PCT is exposed most? (the first 10 and the last 5 of 30)" in words_of(said)
