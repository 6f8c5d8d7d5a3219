"""Every party's money as docs/notation.md has it: written from that paper alone, in plain loops.

Takes what was spent, as drawn. Knows nothing of the simulator's code.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from tests.references.by_notation import ByNotation, FloatArray, Table

PARTIES = (
    "PCT",
    "providers",
    "practices",
    "patient care",
    "bond",
    "pool",
    "partner",
    "held",
    "lender",
    "core",
)
LASTING_BOND = 1e15


class Money:
    """Budgets, and who has what: arrays have the axes (contract, contract year, cluster)."""

    def __init__(self, scenario: ByNotation, spend: FloatArray, above: FloatArray | None = None) -> None:
        """Take spend of shape (contract, year, cluster, line), and what a limit per case took out of it."""
        self.of, above = scenario, np.zeros_like(spend) if above is None else above
        sliced = scenario.scenario["budgets"].get("top_slice_share", 0.0)
        years, lines = len(scenario.starts), len(scenario.lines)
        # Of a whole year, by contract, contract year, cluster and line.
        whole = np.stack(
            [
                np.stack([scenario.budget_of_whole_year(spend, year, at) for at in range(lines)], axis=-1)
                for year in range(1, years)
            ],
            axis=1,
        )
        part, answers_for = scenario.part_of_year[1:], scenario.answers_for
        self.budget = (answers_for * (1 - sliced) * whole * part).sum(axis=3)
        self.top_slice = (answers_for * sliced * whole * part).sum(axis=3)
        self.annual_budget = (answers_for * (1 - sliced) * whole[:, 0]).sum(axis=2)
        self.spend = (answers_for * spend[:, 1:]).sum(axis=3)
        self.above = (answers_for * above[:, 1:]).sum(axis=3)
        self.outside = ((1 - answers_for) * (spend + above)[:, 1:]).sum(axis=3)
        core = np.array([line.get("paid_to") == "practices" for line in scenario.lines])
        self.core = (answers_for * core * spend[:, 1:]).sum(axis=3)
        self.core_outside = ((1 - answers_for) * core * spend[:, 1:]).sum(axis=3)
        self.bond = next((rule for rule in scenario.rules if rule["rule"] == "bond"), None)
        self.takes_part = np.ones(self.budget.shape, dtype=bool)
        self.gains = {party: np.zeros(self.budget.shape) for party in PARTIES}
        self.claims = np.zeros(self.budget.shape)
        self.first_bonds = np.array([self._first_bonds(at) for at in range(len(spend))])
        for contract in range(len(spend)):
            year_by_year = Contract(self, contract, self.first_bonds[contract])
            for party in PARTIES:
                self.gains[party][contract] = year_by_year.gains[party]
            self.takes_part[contract] = year_by_year.takes_part
            self.claims[contract] = year_by_year.claims
            for at, cluster in enumerate(scenario.clusters):
                if cluster.get("takes_share", True):
                    lasting = self.first_bonds[contract].copy()
                    lasting[at] = LASTING_BOND
                    again = Contract(self, contract, lasting if self.bond else 0 * lasting)
                    self.claims[contract, :, at] = again.claims[:, at]

    def _first_bonds(self, contract: int) -> FloatArray:
        sizes = np.zeros(len(self.of.clusters))
        for at, cluster in enumerate(self.of.clusters):
            if self.bond is None or not cluster.get("takes_share", True):
                continue
            if "share_of_annual_budget" in self.bond:
                usual = self.bond["share_of_annual_budget"] * self.annual_budget[contract, at]
            else:
                usual = self.bond["gbp_per_head"] * self.of.people[at]
            sizes[at] = cluster.get("bond_gbp", usual)
        return sizes

    def bond_needed(self) -> FloatArray:
        """Return the smallest bonds that pay all claims, shape (contract, cluster)."""
        return np.array([[self._needed(list(v)) for v in one.T] for one in self.claims])

    def shared_bond_needed(self) -> FloatArray:
        """Return the smallest bonds that pay all claims together, shape (contract,)."""
        sharing = [at for at, one in enumerate(self.of.clusters) if one.get("takes_share", True)]
        some = self.claims[:, :, sharing] if sharing else self.claims
        return np.array([self._needed(list(v)) for v in some.sum(axis=2)])

    def _needed(self, claims: list[float]) -> float:
        bond = self.bond or {}
        rate = bond.get("interest_share_per_year", 0.0) if bond.get("form", "cash") == "cash" else 0.0
        grows = [1 + rate * k / 12 for k in self.of.year_months]
        most = 0.0
        for last in range(len(claims)):
            starts = range(last + 1) if bond.get("top_up", False) else [0]
            sums = [
                sum(claims[year] / math.prod(grows[start:year]) for year in range(start, last + 1))
                for start in starts
            ]
            most = max(most, min(sums))
        return most


class Contract:
    """One contract, year by year; amounts are lists by cluster."""

    def __init__(self, money: Money, contract: int, first_bonds: FloatArray) -> None:
        self.money, self.of, self.first_bonds = money, money.of, first_bonds
        years, clusters = money.budget.shape[1:]
        self.every, self.years = range(clusters), years
        self.gains = {party: np.zeros((years, clusters)) for party in PARTIES}
        self.claims, self.takes_part = np.zeros((years, clusters)), np.ones((years, clusters), dtype=bool)
        self.account = np.zeros(clusters)  # of the cluster
        self.unpaid_by_rules, self.repaid = np.zeros(clusters), np.zeros(clusters)
        self.outturn, self.budgets, self.topped_up = (np.zeros(clusters) for _ in range(3))
        self.drawn, self.paid_back = np.zeros(clusters), np.zeros(clusters)
        # Of each year, by cluster: what practices kept, lost on overspends, and paid and had for the bond.
        of_year = [np.zeros((years, clusters)) for _ in range(4)]
        self.kept, self.lost, self.bond_cost, self.bond_interest = of_year
        names = [str(rule["rule"]) for rule in self.of.rules]
        before = [at for at, name in enumerate(names) if name == ("bond" if money.bond else "pool")]
        bond_at = before[0] if before else len(names)
        self.depositor = "practices"
        if money.bond:
            self.depositor = depositor_of(money.bond)
        for self.year in range(years):
            self._start(contract)
            self._settle(names, bond_at)
            for c in self.every:
                left = self.account[c]
                self.unpaid_by_rules[c] += max(-left, 0.0)
                self._move(c, "cluster", "PCT", left)
            if money.bond:
                self._review(money.bond)
            self._settle_with_partner(next((rule for rule in self.of.rules if rule["rule"] == "partner"), {}))

    def _settle(self, names: list[str], bond_at: int) -> None:
        for at in range(len(names) + 1):
            if at == bond_at:
                self.claims[self.year] = np.maximum(-self.account, 0.0)
            if at == bond_at + bool(self.money.bond):
                self._liable()
            if at < len(names):
                getattr(self, f"_{names[at]}")(self.of.rules[at])

    def _move(self, c: int, payer: str, payee: str, pounds: float) -> None:
        for party, sign in ((payer, -1.0), (payee, 1.0)):
            if party == "cluster":
                self.account[c] += sign * pounds
            else:
                self.gains[party][self.year, c] += sign * pounds

    def _balance(self, party: str, c: int) -> float:
        return float(self.gains[party][:, c].sum())

    def _start(self, contract: int) -> None:
        money, year = self.money, self.year
        inside = self.takes_part[year]
        self.budget = money.budget[contract, year] * inside
        self.top_slice = money.top_slice[contract, year] * inside
        self.above = money.above[contract, year] * inside
        for c in self.every:
            if year == 0:
                self._move(c, self.depositor, "bond", self.first_bonds[c])
            spend = money.spend[contract, year, c]
            self._move(c, "PCT", "cluster", self.budget[c])
            self._move(c, "cluster", "providers", spend * inside[c])
            core = money.core[contract, year, c] + money.core_outside[contract, year, c]
            self._move(c, "providers", "core", core)
            self._move(c, "PCT", "providers", money.outside[contract, year, c])
            if inside[c]:
                self.outturn[c] += self.budget[c] - spend
            else:
                self._move(c, "PCT", "providers", spend + money.above[contract, year, c])
            self.budgets[c] += self.budget[c]

    def _per_case_limit(self, rule: Table) -> None:
        for c in self.every:
            self._move(c, "PCT", "providers", self.above[c])

    def _corridor(self, rule: Table) -> None:
        for c in self.every:
            if "width_share" in rule:
                ends, shares = [rule["width_share"]], [1.0, rule["cluster_share_beyond"]]
            else:
                side = "overspend_bands" if self.account[c] < 0 else "surplus_bands"
                bands = rule.get(side) or rule.get("bands", [])
                ends = [band["up_to_share"] for band in bands[:-1]]
                shares = [band["cluster_share"] for band in bands] or [1.0]
            taken, starts = 0.0, [0.0, *ends]
            for start, end, share in zip(starts, [*ends, math.inf], shares, strict=True):
                beyond = max(abs(self.account[c]) - start * self.budget[c], 0.0)
                width = math.inf if end == math.inf else (end - start) * self.budget[c]
                taken += (1 - share) * min(beyond, width)
            paid = taken if self.account[c] < 0 else -taken
            self.outturn[c] += paid
            self._move(c, "PCT", "cluster", paid)

    def _overspend_share(self, rule: Table) -> None:
        for c in self.every:
            over = max(-self.account[c], 0.0)
            borne = rule["cluster_share"] * _counted(
                rule.get("minimum_loss_rate"), over, self.budget[c], self.of.people[c]
            )
            borne = min(borne, rule.get("cap_share_of_budget", math.inf) * max(self.budget[c], 1e-300))
            self.outturn[c] += over - borne
            self._move(c, "PCT", "cluster", over - borne)

    def _liable(self) -> None:
        for c, cluster in enumerate(self.of.clusters):
            form = cluster.get("legal_form")
            usual = "unlimited" if form == "lead_practice" else "none"
            if cluster.get("liability_beyond_bond", usual) == "unlimited" and cluster.get(
                "takes_share", True
            ):
                owed = max(-self.account[c], 0.0)
                self.lost[self.year, c] += owed
                self._move(c, "practices", "cluster", owed)

    def _partner(self, rule: Table) -> None:
        """It settles after the review."""

    def _settle_with_partner(self, rule: Table) -> None:
        year = self.year
        for c, cluster in enumerate(self.of.clusters if rule else ()):
            joint = 0.5 if cluster.get("legal_form") == "joint_venture" else None
            own = cluster.get("partner_share", joint)
            gains, losses, bond = (
                rule.get(key, 0.0) if own is None else own
                for key in ("gains_share", "losses_share", "bond_share")
            )
            self._move(c, "practices", "partner", gains * self.kept[year, c])
            self._move(c, "partner", "practices", losses * self.lost[year, c])
            self._move(c, "partner", "practices", bond * self.bond_cost[year, c])
            self._move(c, "practices", "partner", bond * self.bond_interest[year, c])
            if max(gains, losses, bond) > 0 and cluster.get("takes_share", True):
                fee = rule.get("fee_share_of_budget", 0.0) * self.budget[c]
                self._move(c, "practices", "partner", fee)

    def _take_out(self, c: int, share: float, months: float) -> None:
        cluster = self.of.clusters[c]
        form = cluster.get("legal_form")
        caps = {"community_interest_company": 0.35, "provident_society": 0.0, "charitable_society": 0.0}
        interests = {"community_interest_company": 0.1, "provident_society": 0.05}
        cap = cluster.get("distribution_cap_share", caps.get(form, 1.0))
        rate = cluster.get("interest_cap_share", interests.get(form, 0.0))
        capital = self.first_bonds[c] + self.topped_up[c] if self.depositor == "practices" else 0.0
        interest = min(rate * months / 12 * capital, share)
        taken = interest + cap * (share - interest)
        self.kept[self.year, c] += taken
        self._move(c, "cluster", "practices", taken)
        self._move(c, "cluster", "patient care", share - taken)

    def _deficit_recovery(self, rule: Table) -> None:
        for c in self.every:
            owed = self.unpaid_by_rules[c] - self.repaid[c]
            back = min(max(self.account[c], 0.0), max(owed, 0.0))
            self.repaid[c] += back
            self._move(c, "cluster", "PCT", back)

    def _surplus(self, rule: Table) -> None:
        share = rule["practice_share"]
        for c, cluster in enumerate(self.of.clusters):
            may = cluster.get("takes_share", True)
            if rule.get("needs_bond", True):
                may = may and self.first_bonds[c] > 0
            left = max(self.account[c], 0.0)
            if rule.get("settlement", "each_year") == "each_year":
                given = may * self._share(rule, c, left, self.budget[c])
                self._take_out(c, given, self.of.year_months[self.year])
            elif self.year + 1 < self.years:
                given = may * share * left
                self._move(c, "cluster", "held", given)
            else:
                held = self._balance("held", c)
                paid = may * self._share(rule, c, max(self.outturn[c], 0.0), self.budgets[c])
                self._move(c, "held", "cluster", held)
                self._take_out(c, paid, sum(self.of.year_months))
                given = paid - held
            self._rest(rule, c, left, given)

    def _share(self, rule: Table, c: int, surplus: float, budget: float) -> float:
        """Return what practices may keep of a surplus."""
        counted = _counted(rule.get("minimum_savings_rate"), surplus, budget, self.of.people[c])
        return min(rule["practice_share"] * counted, rule.get("cap_share_of_budget", 1.0) * budget)

    def _rest(self, rule: Table, c: int, left: float, given: float) -> None:
        back = rule["pct_return_share"] * left
        if rule["practice_share_from"] == "top":
            back = rule["pct_return_share"] * max(left - given, 0.0)
        elif rule["practice_share_from"] == "pct_return":
            back = max(back - given, 0.0)
        self._move(c, "cluster", "pool", back)
        self._move(c, "cluster", "patient care", max(left - given - back, 0.0))

    def _bond(self, rule: Table) -> None:
        for c in self.every:
            draw = min(max(-self.account[c], 0.0), self._balance("bond", c))
            self.drawn[c] += draw
            if self.depositor == "practices":
                self.lost[self.year, c] += draw
            self._move(c, "bond", "cluster", draw)

    def _pool(self, rule: Table) -> None:
        if rule.get("holds_top_slice", False):
            for c in self.every:
                self._move(c, "PCT", "pool", self.top_slice[c])
        there = sum(self._balance("pool", c) for c in self.every)
        unpaid = [max(-self.account[c], 0.0) for c in self.every]
        for c in self.every:
            if unpaid[c]:
                self._move(c, "pool", "cluster", unpaid[c] * min(there / sum(unpaid), 1.0))

    def _review(self, bond: Table) -> None:
        part, is_last = self.of.year_months[self.year] / 12, self.year + 1 == self.years
        for c in self.every:
            lent = self.first_bonds[c] + self.topped_up[c]
            form, by_practices = bond.get("form", "cash"), self.depositor == "practices"
            usual = form in {"surety", "letter_of_credit"}
            back = bond.get("drawn_is_paid_back", usual) and not by_practices
            fee = {"surety": 0.02, "letter_of_credit": 0.01}.get(form, 0.0)
            cost = bond.get("financing_share_per_year", fee) * part * (lent - self.paid_back[c])
            payer = "practices" if self.depositor == "lender" else self.depositor
            self.bond_cost[self.year, c] += cost if payer == "practices" else 0.0
            self._move(c, payer, "lender", cost)
            if back:
                self.lost[self.year, c] += self.drawn[c] - self.paid_back[c]
                self._move(c, "practices", self.depositor, self.drawn[c] - self.paid_back[c])
                self.paid_back[c] = self.drawn[c]
            rate = bond.get("interest_share_per_year", 0.0) if form == "cash" else 0.0
            interest = rate * part * self._balance("bond", c)
            self.bond_interest[self.year, c] += interest if by_practices else 0.0
            self._move(c, "PCT", "bond", interest)
            if bond.get("top_up", False) and not is_last:
                missing = max(self.first_bonds[c] - self._balance("bond", c), 0.0)
                self.topped_up[c] += missing
                self._move(c, self.depositor, "bond", missing)
            used_up = self.first_bonds[c] > 0 and self._balance("bond", c) <= 0
            if bond.get("when_exhausted", "stays") == "leaves" and used_up:
                self.takes_part[self.year + 1 :, c] = False
            if is_last:
                self._move(c, "bond", self.depositor, self._balance("bond", c))


def depositor_of(bond: Table) -> str:
    """Return who posts a bond."""
    usual = {"surety": "lender", "letter_of_credit": "lender", "partner_guarantee": "partner"}
    return str(bond.get("deposited_by", usual.get(bond.get("form", "cash"), "practices")))


MEDICARE = {
    500: 12.2,
    1_000: 8.7,
    3_000: 5.0,
    5_000: 3.9,
    6_000: 3.6,
    7_000: 3.4,
    8_000: 3.2,
    9_000: 3.1,
    10_000: 3.0,
    15_000: 2.7,
    20_000: 2.5,
    50_000: 2.2,
    60_000: 2.0,
}


def _counted(least: Table | None, amount: float, budget: float, people: float) -> float:
    """Return what of a surplus or an overspend counts under a minimum rate."""
    if least is None:
        return amount
    if "share_of_budget" in least:
        share = least["share_of_budget"]
    else:
        nodes = [(float(n), rate / 100) for n, rate in MEDICARE.items()]
        if least["by_people"] != "medicare":
            nodes = [(node["people"], node["share_of_budget"]) for node in least["by_people"]]
        share = _between(nodes, people)
    if least.get("once_met", "first_pound") == "excess":
        return max(amount - share * budget, 0.0)
    return amount if amount >= share * budget else 0.0


def _between(nodes: list[tuple[float, float]], people: float) -> float:
    for (n, low), (m, high) in pairwise(nodes):
        if n <= people <= m:
            return low + (high - low) * (people - n) / (m - n)
    return nodes[0][1] if people < nodes[0][0] else nodes[-1][1]
