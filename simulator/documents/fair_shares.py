"""How far each cluster's budget is from its fair share: what the same contracts give by need alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from simulator.budgets.toolkit import Toolkit
from simulator.charts.study import Study
from simulator.parts import Part
from simulator.questions.luck.estimates import ratio
from simulator.records import BUDGET
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance, mean
from simulator.risk.estimators import Quantile

BUDGET_A_HEAD, FAIR_A_HEAD = "budget_a_head_gbp", "fair_share_a_head_gbp"
GAP_A_HEAD, GAP, BAD_GAP = "gap_a_head_gbp", "gap_share", "gap_1_in_20_share"
"""Budget less fair share, in pounds a head and year and as a share of the fair share; the gap that only one
contract in twenty falls below."""
LITTLE = 0.001
"""A gap below a tenth of a per cent is none to a reader."""
_ALL_BY_NEED = (1.0,)
_BAD = Quantile(0.05)
Place = tuple[str, str]
Settings = TypeVar("Settings", bound=Part)


@dataclass(frozen=True, eq=False)
class FairShares:
    """Budgets against fair shares, on the draws of a study."""

    study: Study  # of the scenario as it is

    @cached_property
    def by_need(self) -> Study | None:
        """The study with every budget at its fair share; None where budgets are no rule's."""
        settings = self.study.scenario.settings
        if settings.contract.shadow_years:
            return None
        lines = tuple(_by_need(one, "budget_rule") for one in settings.service_lines)
        budgets = _by_need(settings.budgets, "rule").model_copy(update={"rebased_share": 0.0})
        fair = settings.model_copy(update={"budgets": budgets, "service_lines": lines})
        return Study(self.study.shared.simulate(replace(self.study.scenario, settings=fair)))

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield each cluster's budget, fair share and gap; nothing where there is no fair share."""
        if self.by_need is None:
            return
        for name, book in self.study.books.items():
            budget, fair = (one.books[name].total_gbp(BUDGET) for one in (self.study, self.by_need))
            head_years = book.people * book.years
            gap = ratio(budget - fair, fair)
            if gap is None or not (fair > 0).all() or not head_years > 0:
                continue
            fair_gbp, gap_gbp = mean(fair / head_years), mean((budget - fair) / head_years)
            if not fair_gbp.half_width:
                # Known outright, and told to the pound: with its gap it makes the budget that is shown.
                pounds = float(round(fair_gbp.value))
                fair_gbp = Estimate(pounds, pounds, pounds)
                yield (name, BUDGET_A_HEAD), _above(gap_gbp, pounds)
            else:
                yield (name, BUDGET_A_HEAD), mean(budget / head_years)
            yield (name, FAIR_A_HEAD), fair_gbp
            yield (name, GAP_A_HEAD), gap_gbp
            yield (name, GAP), gap
            if bad := _BAD.of(budget / fair - 1):
                yield (name, BAD_GAP), bad


def _above(gap: Estimate, pounds: float) -> Estimate:
    """Return a gap and what it is above, added up."""
    return Estimate(gap.value + pounds, gap.low + pounds, gap.high + pounds, gap.standard_error, gap.is_rough)


def _by_need(part: Settings, key: str) -> Settings:
    """Return settings whose rule of budgets, if they have one, gives fair shares at the same uplift."""
    rule = getattr(part, key)
    if rule is None:
        return part
    uplift = rule.uplift_share if isinstance(rule, Toolkit) else None
    fair = Toolkit(fair_share_weight_by_year=_ALL_BY_NEED, uplift_share=uplift)
    return part.model_copy(update={key: fair})


def starts_fair(study: Study) -> bool:
    """Return whether past spend is drawn about fair shares, for nobody's real past spend is given."""
    return study.scenario.settings.budgets.historic.csv is None


def is_unfair(gap: Estimate) -> bool:
    """Return whether a budget differs from its fair share beyond chance, and enough to be felt."""
    return beyond_chance(gap) and abs(gap.value) >= LITTLE
