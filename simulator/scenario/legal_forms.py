"""Legal forms of a cluster: what each means for its practices, unless the scenario says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FormName = Literal[
    "lead_practice",
    "company",
    "joint_venture",
    "llp",
    "provident_society",
    "community_interest_company",
    "charitable_society",
]


@dataclass(frozen=True, slots=True)
class LegalForm:
    """What a legal form means for those who own the cluster."""

    is_liable: bool = False  # whether practices pay what the bond leaves of an overspend
    distribution_cap_share: float = 1.0  # most that they may take out of what the cluster may keep
    interest_cap_share: float = 0.0  # interest on their capital before that, most a year
    partner_share: float | None = None  # of gains, losses and bond that a partner has; None: as its rule says
    words: str = ""  # what it is, with an article


# Law as remembered (assumptions): a partnership's liability has no limit, those of companies, LLPs and
# societies end with capital and bond; a joint venture is taken to be of two equal parties. Read: a community
# interest company distributes at most 35% of profit (Harper Macleod 2014) and pays performance-related
# interest of at most 10%, from 2014 20% (Muckle 2014); a society pays interest on shares out of profit alone,
# usually at most 5% (Community Shares Handbook 6.1); a charitable society distributes nothing (Charity
# Commission).
LEGAL_FORMS: dict[str, LegalForm] = {
    "lead_practice": LegalForm(is_liable=True, words="run by a lead practice"),
    "company": LegalForm(words="a company"),
    "joint_venture": LegalForm(partner_share=0.5, words="a joint venture with an external partner"),
    "llp": LegalForm(words="a limited liability partnership"),
    "provident_society": LegalForm(
        distribution_cap_share=0.0, interest_cap_share=0.05, words="a provident society"
    ),
    "community_interest_company": LegalForm(
        distribution_cap_share=0.35, interest_cap_share=0.1, words="a community interest company"
    ),
    "charitable_society": LegalForm(distribution_cap_share=0.0, words="a charitable society"),
}
