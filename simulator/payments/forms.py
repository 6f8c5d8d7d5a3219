"""The register of forms of payment: presets of plain keys that can be set over, each with its source."""

from __future__ import annotations

from simulator.payments.terms import PaymentTerms

FORMS: dict[str, PaymentTerms] = {
    "tariff": PaymentTerms(),
    "per_case": PaymentTerms(),
    "cost_per_case": PaymentTerms(),
    "block": PaymentTerms(fixed_share=1.0, rate_above_plan=0.0, rate_below_plan=0.0),
    "marginal_rate": PaymentTerms(rate_above_plan=0.3, plan="base_year", withheld="spent"),
    "cap_and_collar": PaymentTerms(cap_share=1.03, collar_share=0.97),
    "blended_2019": PaymentTerms(fixed_share=1.0, rate_above_plan=0.2, rate_below_plan=0.2),
    "aligned_2022": PaymentTerms(
        fixed_share=1.0, rate_above_plan=0.75, rate_below_plan=0.75, plan="base_year", plan_share=1.04
    ),
}
"""By name."""
SOURCES = {
    "tariff": "payment by results: the national tariff for each case",
    "per_case": "the same, at whatever price is agreed",
    "cost_per_case": "the same, as local contracts call it",
    "block": "one in six acute trusts mostly so in 2016-17, one in four in 2017-18 (HSJ, 85 trusts)",
    "marginal_rate": "emergencies in England from 2010/11: 30% above the value of 2008/09's care at the "
    "tariff of the year, the rest withheld for schemes that reduce them (HFMA, 3 March 2010, 1 March 2013); "
    "here the base year stands for 2008/09",
    "cap_and_collar": "an assumption: no national figure is known, 2% to 5% either side is remembered",
    "blended_2019": "emergencies in England in 2019/20: a fixed sum, and 20% of the tariff either side (HSJ)",
    "aligned_2022": "planned care in England in 2022/23: 75% either side of 104% of 2019/20 (HFMA, 31 March "
    "2022), though nothing was taken back in practice; here the base year stands for 2019/20",
}
"""Where the figures of each form come from."""
