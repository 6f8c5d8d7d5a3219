"""What must hold of `luck` for any scenario."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.questions.luck.answer import AS_IT_IS
from simulator.questions.luck.ask import luck
from simulator.questions.luck.estimates import EARNED, LUCK_SHARE, PAID, SHARE, UNPAID, change_of
from simulator.simulation.draws import Draws
from tests.builders import Table, checked
from tests.strategies import scenarios


@settings(deadline=None, max_examples=25)
@given(scenarios(), st.sampled_from([0.0, 0.01, 0.1]))
def test_the_parts_agree(mapping: Table, rate: float) -> None:
    assume(any(rule["rule"] == "surplus" for rule in mapping["rules"]))
    assume(
        any(
            cluster["takes_share"] and cluster["proportion"] > 0 and cluster.get("service_lines", ["any"])
            for cluster in mapping["clusters"]
        )
    )
    answer = luck(
        checked(mapping), [0.1], minimum_savings_rate=rate, per_case_limit=1_000, draws=Draws(100, 1)
    )
    for row in answer.rows:
        found, luck_row = row.estimates, answer.row(row.policy, cluster=row.cluster).estimates
        near = 1e-9 * (1 + abs(found[SHARE].value) + abs(luck_row[SHARE].value))
        assert found[SHARE].value >= 0
        assert abs(found[PAID].value + found[UNPAID].value - 1) < 1e-9
        assert abs(found[EARNED].value - (found[SHARE].value - luck_row[SHARE].value)) < near
        assert (LUCK_SHARE in found) == (found[SHARE].value > 0)
        if row.policy != AS_IT_IS:
            base = answer.row(AS_IT_IS, row.true_saving_share, row.cluster).estimates
            for measure in (SHARE, PAID, UNPAID):
                change = found[measure].value - base[measure].value
                assert abs(found[change_of(measure)].value - change) < near + 1e-9 * base[SHARE].value
    together = answer.row().estimates
    alone = [answer.row(cluster=name).estimates for name in answer.names[:-1]]
    assert abs(sum(one[SHARE].value for one in alone) - together[SHARE].value) < 1e-6 * (
        1 + together[SHARE].value
    )
    assert abs(sum(one[PAID].value for one in alone) / len(alone) - together[PAID].value) < 1e-9
    assert len(answer.sentences()) in {2, 3, 4}
    assert len(answer.frame("everything")) == len(answer.rows)
