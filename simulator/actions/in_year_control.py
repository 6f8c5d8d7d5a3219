"""In-year control: a cluster that is heading over its budget reins in what it can put off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field

from simulator.actions.action import MONTHS
from simulator.actions.by_month import ByMonth
from simulator.actions.scene import Care
from simulator.parts import Share, as_tuple
from simulator.records import FloatArray


class InYearControl(ByMonth):
    """Comparing the forecast outturn with the budget each month, and reining in some lines where it is over.

    The forecast is what is spent so far, and the rest of the year at that pace and by the season, less what
    is decided already. Where it is over the budget by more than the trigger, the lines are reined in after
    the lag by what brings the year back to budget over the months left, within what can be done in a month
    and in a year. It reacts to what all other actions have made of spend, wherever it is written. What it
    takes off is care that people would have had: it is told as care held back.
    """

    reacts: ClassVar[bool] = True
    holds_back: ClassVar[bool] = True
    action: Literal["in_year_control"]
    service_lines: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """Lines that it can rein in, of those that are paid per case: planned care, not emergencies."""
    trigger_share: Share = 0.01
    """How far over the budget the forecast must be, as a share of it: an assumption."""
    lag_months: Annotated[int, Field(ge=0, le=11)] = 2
    """Whole months between the month whose figures show it and the first that is reined in: an assumption."""
    most_of_month_share: Share = 0.1
    """Most that it can take off a month's spend on those lines: an assumption."""
    most_of_year_share: Share = 0.033
    """Most that it can take off a year's: what holding a real budget took off planned admissions (Dusheiko
    and others, CMPO 03/064)."""
    comes_back_share: Share = 0.0
    """Part of what is put off that comes back the next contract year, at its prices: no source, so none."""

    def more(
        self, care: Care, year: int, sizes: FloatArray, lines: Sequence[int]
    ) -> Mapping[int, FloatArray]:
        """Return what months of a year have more, as a share, by line: less of those that it reins in."""
        spend, outturn = care.books(care.spend)
        budget_gbp, expected = outturn.budget_gbp[:, year], care.scene.months_of(year)
        over_gbp = np.zeros(care.months[year][0].shape, order="F")
        # What does not go with care, such as the cost of actions, is known.
        over_gbp += (outturn.spend_gbp[:, year] - budget_gbp)[:, None]
        month_gbp, at_pace_gbp = np.zeros_like(over_gbp), {}
        for line, months in enumerate(care.months[year]):
            of_line_gbp = spend.contract_gbp[:, year, :, line] * care.scene.responsibility[:, line]
            passed = np.cumsum(expected[..., line], axis=0)
            pace = np.divide(1.0, passed, out=np.zeros_like(passed), where=passed > 0)
            of_year_gbp = np.cumsum(months, axis=1) * pace * of_line_gbp[:, None]
            over_gbp += of_year_gbp - of_line_gbp[:, None]
            if line in lines:
                month_gbp += months * of_line_gbp[:, None]
                at_pace_gbp[line] = of_year_gbp
        to_come = [(gbp, expected[..., line]) for line, gbp in at_pace_gbp.items()]
        less = self._reined_in(over_gbp, self.trigger_share * budget_gbp, month_gbp, to_come, sizes)
        return dict.fromkeys(lines, -less)

    def _reined_in(
        self,
        over_gbp: FloatArray,
        trigger_gbp: FloatArray,
        month_gbp: FloatArray,
        to_come: Sequence[tuple[FloatArray, FloatArray]],
        sizes: FloatArray,
    ) -> FloatArray:
        """Return what is taken off the lines in each month, as a share, shape (contract, month, cluster).

        Takes how far each month's forecast is over the budget before anything is reined in, shape (contract,
        month, cluster), what makes the cluster act, shape (contract, cluster), and what the lines spend in
        each month; and for each of them what it spends in the year at the pace up to each month, and the
        share of it that is expected in each, shape (month, cluster).
        """
        wanted, reined = np.zeros_like(month_gbp), np.zeros_like(month_gbp)
        most_gbp = self.most_of_year_share * sizes.max(axis=1) * month_gbp.sum(axis=1)
        held_gbp = np.zeros_like(most_gbp)
        for month in range(MONTHS):
            now_gbp = month_gbp[:, month]
            room_gbp = np.clip(most_gbp - held_gbp, 0.0, now_gbp)
            room = np.divide(room_gbp, now_gbp, out=np.zeros_like(now_gbp), where=now_gbp > 0)
            reined[:, month] = np.minimum(wanted[:, month], room)
            held_gbp += reined[:, month] * now_gbp
            first = month + 1 + self.lag_months
            if first >= MONTHS:
                continue
            later_gbp = np.asarray(sum(gbp[:, month, None] * share[month + 1 :] for gbp, share in to_come))
            decided_gbp = (later_gbp[:, : self.lag_months] * wanted[:, month + 1 : first]).sum(axis=1)
            left_gbp = later_gbp[:, self.lag_months :].sum(axis=1)
            still_over_gbp = over_gbp[:, month] - held_gbp - decided_gbp
            acts = (still_over_gbp > trigger_gbp) & (left_gbp > 0)
            most_left_gbp = np.minimum(still_over_gbp, left_gbp)
            share = np.divide(most_left_gbp, left_gbp, out=np.zeros_like(left_gbp), where=acts)
            wanted[:, first] = np.minimum(share, self.most_of_month_share * sizes[:, first])
        return reined

    def later(self, before: Care, now: Care, year: int, lines: Sequence[int]) -> Care:
        """Return the care with what was put off and comes back in the year after, in all its months alike."""
        after = year + 1
        if not self.comes_back_share or after == len(now.scene.years):
            return now
        less_gbp = before.spend.contract_gbp[:, year] - now.spend.contract_gbp[:, year]
        next_gbp = now.spend.contract_gbp[:, after]
        factor = np.ones(now.spend.contract_gbp.shape, order="F")
        for line in lines:
            back_gbp = self.comes_back_share * (1 + now.scene.price_growth[line]) * less_gbp[..., line]
            own = next_gbp[..., line]
            factor[:, after, :, line] += np.divide(back_gbp, own, out=np.zeros_like(own), where=own > 0)
        # What comes back is care that people get after all.
        return now.times(factor, held_back=True)

    @classmethod
    def example(cls) -> Self:
        """Putting off admissions that can wait, a month after figures show it."""
        return cls(name="control", action="in_year_control", service_lines=("admissions",), lag_months=1)
