"""Scenarios in other forms of TOML: what can be rewritten stays whole, what cannot is refused in words."""

from __future__ import annotations

import tomllib

import pytest

from simulator import InputError
from simulator.questions.fit.rewritten import rewritten
from simulator.questions.fit.settings import Fitted, Setting

FIGURE = Fitted("a", "cases per 1,000", 12.5)
RATE = Setting(("service_lines", "a", "rate_per_1000"), 12.5, "fitted: h.csv", (FIGURE,))
LAW = {"model": "lognormal", "mean": 2.0, "cv": 0.5}
COST = Setting(("service_lines", "a", "unit_cost_gbp"), LAW, "fitted: h.csv")
SHOCK = Setting(("shocks", "pct", "persistence"), 0.5, "prior: 0.6")


def _rewritten(text: str, *settings: Setting) -> str:
    return rewritten(text, settings, ["a"], "h.csv, 36 months").split("\n", 1)[1]


def test_a_law_in_a_table_of_its_own_becomes_one_on_a_line() -> None:
    text = (
        '[[service_lines]]\nname = "a"\n\n[service_lines.unit_cost_gbp]\nmodel = "gamma"\nmean = 1\n\n'
        '# Next.\n[[service_lines]]\nname = "b"\n'
    )
    assert _rewritten(text, COST) == (
        '[[service_lines]]\nname = "a"\n'
        'unit_cost_gbp = { model = "lognormal", mean = 2.0, cv = 0.5 } # fitted: h.csv\n\n\n'
        '# Next.\n[[service_lines]]\nname = "b"\n'
    )


def test_shocks_that_were_not_there_come_at_the_end() -> None:
    text = 'title = "t"\n[[service_lines]]\nname = "a" # x\n'
    assert _rewritten(text, SHOCK) == f"{text}\n[shocks.pct]\npersistence = 0.5 # prior: 0.6\n\n"


def test_shocks_in_any_form_are_replaced() -> None:
    for shocks in (
        "[shocks]\npct = { persistence = 0.1 } # old\ncluster = { sd_share = 0.1 }\n",
        "[shocks.pct]\npersistence = 0.1\n[shocks.cluster]\nsd_share = 0.1 # old\n",
        "shocks.pct.persistence = 0.1 # old\n",
        "shocks = { pct = { persistence = 0.1 } } # old\n",
    ):
        made = _rewritten(f'title = "t" # kept\n{shocks}\n# Next.\n[pct]\nname = "p"\n', SHOCK)
        assert tomllib.loads(made) == {
            "title": "t",
            "shocks": {"pct": {"persistence": 0.5}},
            "pct": {"name": "p"},
        }
        assert "old" not in made
        assert "# kept" in made
        assert '# Next.\n[pct]\nname = "p"\n' in made


def test_windows_lines_and_own_shocks() -> None:
    text = '[[service_lines]]\r\nname = "a"\r\npct_shock = { sd_share = 0.1 }\r\nrate_per_1000 = 1 # old\r\n'
    made = _rewritten(text, RATE)
    assert made == '[[service_lines]]\r\nname = "a"\r\nrate_per_1000 = 12.5 # fitted: h.csv\r\n'


def test_lines_without_tables_of_their_own_are_refused_in_words() -> None:
    with pytest.raises(InputError, match="take each key onto a line of its own"):
        rewritten('service_lines = [{ name = "a", rate_per_1000 = 1 }]\n', [RATE, COST], ["a"], "h")
