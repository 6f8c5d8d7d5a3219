"""Random valid scenarios for hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from hypothesis import strategies as st

from simulator.payments.forms import FORMS
from simulator.scenario.legal_forms import FormName
from tests.builders import Table

_SHARES = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
_SMALL_SHARES = st.integers(0, 20).map(lambda hundredths: hundredths / 100)
_GROWTHS = st.integers(-10, 10).map(lambda hundredths: hundredths / 100)

unit_costs = st.one_of(
    st.builds(
        lambda mean, cv: {"model": "gamma", "mean": mean, "cv": cv},
        st.integers(1, 5000),
        st.sampled_from([0.3, 1.0, 2.0]),
    ),
    st.builds(
        lambda mean, cv: {"model": "lognormal", "mean": mean, "cv": cv},
        st.integers(1, 5000),
        st.sampled_from([0.5, 1.5]),
    ),
    st.builds(
        lambda low, width: {"model": "uniform", "low": low, "high": low + width}, *(st.integers(1, 500),) * 2
    ),
    st.just({"model": "pareto", "shape": 2.5, "scale": 3000, "limit": 50_000}),
    st.just({"model": "empirical", "values": [0, 10, 250], "probabilities": [0.25, 0.5, 0.25]}),
)
counts = st.one_of(
    st.just({"model": "poisson"}),
    st.sampled_from([1.1, 1.5, 6.0]).map(
        lambda ratio: {"model": "negative_binomial", "variance_to_mean": ratio}
    ),
)
shock_laws = st.builds(
    lambda law, sd: {"law": law, "sd_share": sd}, st.sampled_from(["lognormal", "normal"]), _SMALL_SHARES
)
year_laws = st.builds(lambda law, persistence: law | {"persistence": persistence}, shock_laws, _SHARES)
price_shocks = st.fixed_dictionaries({"size": shock_laws, "correlation": _SHARES, "persistence": _SHARES})
_DRIFTS = st.integers(0, 5).map(lambda hundredths: hundredths / 100)
_UNSURE_GROWTHS = st.builds(lambda mean, sd: {"mean": mean, "sd": sd}, _GROWTHS, _DRIFTS)
budget_rules = st.one_of(
    st.builds(lambda margin: {"rule": "expected_spend", "margin_share": margin}, _GROWTHS),
    st.builds(
        lambda gbp, uplift: {"rule": "per_head", "gbp_per_head": gbp, "uplift_share": uplift},
        st.integers(0, 400),
        _GROWTHS,
    ),
    st.builds(
        lambda weights, historic, uplift: (
            {
                "rule": "toolkit",
                "fair_share_weight_by_year": weights,
                "historic_year": historic,
            }
            | uplift
        ),
        st.lists(_SHARES, min_size=1, max_size=3),
        st.sampled_from(["base", "latest"]),
        st.one_of(st.just({}), _GROWTHS.map(lambda uplift: {"uplift_share": uplift})),
    ),
)


@st.composite
def bonds(draw: st.DrawFn) -> Table:
    """Return a bond with every option free."""
    size = draw(
        st.one_of(
            _SMALL_SHARES.map(lambda share: {"share_of_annual_budget": share}),
            st.integers(0, 30).map(lambda gbp: {"gbp_per_head": gbp}),
        )
    )
    # A bond that is topped up is never used up at a review: a scenario with both is refused.
    top_up, when_exhausted = draw(st.sampled_from([(False, "stays"), (False, "leaves"), (True, "stays")]))
    options = {
        "form": draw(st.sampled_from(["cash", "cash", "surety", "letter_of_credit", "partner_guarantee"])),
        "top_up": top_up,
        "interest_share_per_year": draw(_SMALL_SHARES),
        "when_exhausted": when_exhausted,
    }
    own = {
        "deposited_by": st.sampled_from(["practices", "partner", "lender"]),
        "drawn_is_paid_back": st.booleans(),
        "financing_share_per_year": _SMALL_SHARES,
    }
    return {"rule": "bond"} | size | options | draw(_some(own))


_CAPS = st.integers(0, 20).map(lambda thousandths: thousandths / 1000)
minimum_rates = st.builds(
    lambda rate, once: rate | {"once_met": once},
    st.one_of(
        _SMALL_SHARES.map(lambda share: {"share_of_budget": share / 5}),
        st.just({"by_people": "medicare"}),
        _SMALL_SHARES.map(
            lambda share: {
                "by_people": [
                    {"people": 1_000, "share_of_budget": share / 2},
                    {"people": 40_000, "share_of_budget": share / 10},
                ]
            }
        ),
    ),
    st.sampled_from(["first_pound", "excess"]),
)


@st.composite
def overspend_shares(draw: st.DrawFn) -> Table:
    """Return an overspend share with every option free."""
    options = {"minimum_loss_rate": minimum_rates, "cap_share_of_budget": _CAPS}
    return {"rule": "overspend_share", "cluster_share": draw(_SHARES)} | draw(_some(options))


@st.composite
def surplus_splits(draw: st.DrawFn, *, has_bond: bool) -> Table:
    """Return a split whose practice share fits in the part that it comes out of."""
    taken_from = draw(st.sampled_from(["top", "reinvestment", "pct_return"]))
    returned = draw(st.integers(0, 100))
    most = {"top": 100, "reinvestment": 100 - returned, "pct_return": returned}[taken_from]
    options = {
        "settlement": st.sampled_from(["each_year", "whole_contract"]),
        "minimum_savings_rate": minimum_rates,
        "cap_share_of_budget": _CAPS,
    }
    split = {
        "rule": "surplus",
        "practice_share": draw(st.integers(0, most)) / 100,
        "practice_share_from": taken_from,
        "pct_return_share": returned / 100,
        "needs_bond": draw(st.booleans()) and has_bond,
    }
    return split | draw(_some(options))


_BANDS = st.builds(
    lambda shares, beyond: [
        *({"up_to_share": (at + 1) / 50, "cluster_share": share} for at, share in enumerate(shares)),
        {"cluster_share": beyond},
    ],
    st.lists(_SHARES, max_size=3),
    _SHARES,
)
corridors = st.one_of(
    st.builds(
        lambda width, beyond: {"rule": "corridor", "width_share": width / 4, "cluster_share_beyond": beyond},
        _SMALL_SHARES,
        _SHARES,
    ),
    st.builds(
        lambda bands, either: {"rule": "corridor", "bands": bands} | either,
        _BANDS,
        st.one_of(st.just({}), _BANDS.map(lambda bands: {"overspend_bands": bands})),
    ),
    _BANDS.map(lambda bands: {"rule": "corridor", "surplus_bands": bands}),
)


@st.composite
def per_case_limits(draw: st.DrawFn, lines: Sequence[str]) -> Table:
    """Return a limit for every line, or for some of `lines`, none of which is a block contract."""
    rule = {"rule": "per_case_limit", "limit_gbp": draw(st.sampled_from([100, 1_000, 20_000]))}
    some = st.lists(st.sampled_from(lines or [""]), min_size=1, unique=True)
    return rule | draw(_some({"service_lines": some} if lines else {}))


@st.composite
def rule_lists(draw: st.DrawFn, lines: Sequence[str] = ()) -> list[Table]:
    """Return rules in any order that may be, each at most once; `lines` are paid per case."""
    every = [
        "surplus",
        "bond",
        "pool",
        "deficit_recovery",
        "corridor",
        "overspend_share",
        "per_case_limit",
        "partner",
    ]
    names = draw(st.lists(st.sampled_from(every), unique=True))
    names.sort(key=lambda name: (name not in {"corridor", "overspend_share"}, name == "partner"))
    if {"surplus", "deficit_recovery"} <= set(names):
        first, second = sorted((names.index("surplus"), names.index("deficit_recovery")))
        names[first], names[second] = "deficit_recovery", "surplus"
    makers = {
        "surplus": surplus_splits(has_bond="bond" in names),
        "bond": bonds(),
        "pool": st.booleans().map(lambda holds: {"rule": "pool", "holds_top_slice": holds}),
        "deficit_recovery": st.just({"rule": "deficit_recovery"}),
        "corridor": corridors,
        "overspend_share": overspend_shares(),
        "partner": st.builds(
            lambda gains, losses, bond, fee: {
                "rule": "partner",
                "gains_share": gains,
                "losses_share": losses,
                "bond_share": bond,
                "fee_share_of_budget": fee / 20,
            },
            *(_SHARES, _SHARES, _SHARES, _SMALL_SHARES),
        ),
        "per_case_limit": per_case_limits(lines),
    }
    return [draw(makers[name]) for name in names]


@st.composite
def payments(draw: st.DrawFn) -> str | Table:
    """Return a payment: mostly per case, or a form with other keys."""
    options = {
        "fixed_share": _SHARES,
        "rate_above_plan": _SHARES,
        "band_share": _SMALL_SHARES,
        "cap_share": st.sampled_from([1.0, 1.05]),
        "collar_share": _SHARES,
        "threshold": st.sampled_from(["cluster", "shared"]),
        "withheld": st.sampled_from(["kept", "spent"]),
        "quality_share": _SMALL_SHARES,
        "tariff_change_share_by_year": st.sampled_from([(0.01,), (0.0, -0.03)]),
    }
    form = draw(st.sampled_from(["per_case", "per_case", "block", ""]))
    return form or {"form": draw(st.sampled_from(sorted(FORMS)))} | draw(_some(options))


@st.composite
def service_lines(draw: st.DrawFn, name: str, own_payments: bool = True) -> Table:
    """Return a service line."""
    line: Table = {
        "name": name,
        "rate_per_1000": draw(st.sampled_from([0.5, 30, 200, 5000])),
        "count": draw(counts),
        "unit_cost_gbp": draw(unit_costs),
        "growth_share": draw(_GROWTHS),
        "price_growth_share": draw(_GROWTHS),
        "payment": draw(payments() if own_payments else st.sampled_from(["per_case", "per_case", "block"])),
    }
    line["paid_to"] = draw(st.sampled_from(["providers", "providers", "practices"]))
    options = {"pct_shock": shock_laws, "price_shock": shock_laws, "budget_rule": budget_rules}
    unsure = {"growth_share": _UNSURE_GROWTHS, "price_growth_share": _UNSURE_GROWTHS}
    return line | draw(_some(options | unsure | {"planned_growth_share": _GROWTHS}))


LAW: dict[str, st.SearchStrategy[Any]] = {
    "legal_form": st.sampled_from(get_args(FormName)),
    "liability_beyond_bond": st.sampled_from(["none", "unlimited"]),
    "distribution_cap_share": _SHARES,
    "interest_cap_share": _SMALL_SHARES,
    "partner_share": _SHARES,
}


@st.composite
def clusters(draw: st.DrawFn, name: str, lines: list[str], *, has_bond: bool) -> Table:
    """Return a cluster of people."""
    cluster: Table = {
        "name": name,
        "people": draw(st.integers(500, 50_000)),
        "proportion": draw(st.sampled_from([0.0, 0.3, 1.0, 1.0])),
        "takes_share": draw(st.booleans()),
        "true_saving_share": draw(st.integers(-20, 20)) / 100,
    }
    options = {
        "service_lines": st.lists(st.sampled_from(lines), unique=True),
        "list_growth_share": _UNSURE_GROWTHS,
        "need": st.sampled_from([0.8, {"mean": 1.1, "sd": 0.1}]),
    }
    if draw(st.booleans()):
        options |= LAW
    if has_bond:
        options["bond_gbp"] = st.integers(0, 500_000)
    cluster |= draw(_some(options))
    by_line = dict.fromkeys(cluster.get("service_lines", lines), _SHARES)
    return cluster | draw(_some({"proportion_by_line": _some(by_line)}))


_PARTIES = [
    (payer, payee)
    for payer in ("budget", "pct", "practices")
    for payee in ("staff", "practices", "partner", "pct")
    if payer != payee
]
"""Who may pay for an action, and whom."""


@st.composite
def action_lists(draw: st.DrawFn, lines: Sequence[str]) -> list[Table]:
    """Return actions of any kind, each with a name of its own; `lines` are paid per case."""
    common = {
        "set_up_gbp": st.integers(0, 5_000),
        "gbp_per_head": st.integers(0, 5),
        "gbp_per_year": st.integers(0, 5_000),
        "first_month": st.just(3),  # the one month that every first year has
    }
    effect = common | {
        "probability_of_working": _SHARES,
        "common_to_clusters": st.booleans(),
        "ramp_share_by_year": st.lists(_SHARES, min_size=1, max_size=3),
    }
    some = st.lists(st.sampled_from(lines or [""]), min_size=1, unique=True)
    of_lines = effect | {"gbp_per_case": st.integers(0, 5)} | ({"service_lines": some} if lines else {})
    kinds: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "management_cost": common,
        "check_bills": of_lines | {"net_share": _UNSURE_GROWTHS},
        "reduce_demand": of_lines | {"avoided_share": _UNSURE_GROWTHS, "holds_back_care": st.booleans()},
        "early_spending": of_lines
        | {
            "more_share": _UNSURE_GROWTHS,
            "first_months": st.integers(1, 12),
            "got_back_share": _SHARES,
        },
    }
    if lines:
        shares = ("trigger_share", "most_of_month_share", "most_of_year_share", "comes_back_share")
        kinds["in_year_control"] = of_lines | dict.fromkeys(shares, _SMALL_SHARES)
        kinds["in_year_control"] |= {"lag_months": st.integers(0, 11)}
        knock_on = st.builds(
            lambda line, cases: [{"service_line": line, "cases_per_case": cases}],
            st.sampled_from(lines),
            st.sampled_from([-0.1, 0.5]),
        )
        shift = {"moved_share": _SHARES, "provided_by": st.sampled_from(["practices", "others"])}
        kinds["shift_service"] = effect | shift | {"knock_on": knock_on}
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=3))
    return [
        {"name": f"action {at}", "action": kind}
        | ({"service_line": lines[0]} if kind == "shift_service" else {})
        | ({"service_lines": lines} if kind == "in_year_control" else {})
        | draw(_some(kinds[kind]))
        | dict(zip(("paid_by", "paid_to"), draw(st.sampled_from(_PARTIES)), strict=True))
        for at, kind in enumerate(chosen)
    ]


@st.composite
def scenarios(draw: st.DrawFn, own_payments: bool = True) -> Table:
    """Return a scenario with every part free."""
    lines = [f"line {number}" for number in range(draw(st.integers(1, 3)))]
    names = [f"cluster {number}" for number in range(draw(st.integers(1, 5)))]
    tables = [draw(service_lines(name, own_payments)) for name in lines]
    as_drawn = all(one["payment"] in ("per_case", "block") for one in tables)
    limited = [one for one in tables if one["payment"] == "per_case" and one["paid_to"] == "providers"]
    rules = draw(rule_lists([line["name"] for line in limited]))
    has_bond = any(rule["rule"] == "bond" for rule in rules)
    pct = draw(price_shocks) | draw(_some({"growth_drift_sd_share": _DRIFTS}))
    others = {
        "practice": shock_laws.map(lambda law: {"size": law, "people": 20_000}),
        "cluster_line": shock_laws,
        "cluster_line_year": year_laws,
        "price": price_shocks,
    }
    shocks = {"pct": pct, "cluster": draw(shock_laws), "cluster_year": draw(year_laws)}
    return {
        "title": "Random",
        "pct": {"name": "PCT of chance"},
        "contract": {
            "start_year": 2010,
            "start_month": draw(st.integers(1, 12)),
            "years": draw(st.integers(1, 4)),
            "shadow_years": draw(st.sampled_from([0, 0, 1, 2])) if own_payments and as_drawn else 0,
        },
        "shocks": shocks | draw(_some(others)),
        "doubt": {"carried": draw(st.booleans()), "correlation": draw(_SHARES)},
        "budgets": {
            "rule": draw(budget_rules),
            "top_slice_share": draw(_SMALL_SHARES),
            "rebased_share": draw(st.sampled_from([0.0, 0.4, 1.0])),
        },
        "service_lines": tables,
        "clusters": [draw(clusters(name, lines, has_bond=has_bond)) for name in names],
        "rules": rules,
        "actions": draw(action_lists([one["name"] for one in tables if one["payment"] == "per_case"])),
    }


def _some(options: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Table]:
    """Any of the optional keys."""
    return st.fixed_dictionaries({}, optional=options)
