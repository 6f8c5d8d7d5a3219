"""What one page shows: policies side by side, a cluster, and how they are drawn; as a link holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from simulator.errors import Problems
from simulator.lab.policy import SET, WITH, Policy

LETTERS = ("A", "B")
TABS = ("policy", "cluster", "data", "documents")
_MOST_BACK = 100


@dataclass(frozen=True, slots=True)
class Desk:
    """One state of a page."""

    policies: tuple[Policy, ...] = (Policy(),)  # one, or two side by side
    at: int = 0  # which of them the controls change
    cluster: str = ""  # whose page it is; the scenario's first where it is empty

    @property
    def policy(self) -> Policy:
        """The policy that the controls change."""
        return self.policies[self.at]

    @property
    def name(self) -> str:
        """What that policy is called."""
        return f"policy {LETTERS[self.at]}" if len(self.policies) > 1 else "this policy"

    def changed(self, policy: Policy) -> Desk:
        """Return the state with another policy in place of the one that the controls change."""
        policies = tuple(policy if at == self.at else one for at, one in enumerate(self.policies))
        return replace(self, policies=policies)

    def side_by_side(self) -> Desk:
        """Return the state with a second policy, which begins as the first is; or without it."""
        if len(self.policies) > 1:
            return replace(self, policies=(self.policy,), at=0)
        return replace(self, policies=(self.policy, self.policy), at=1)

    def query(self, tab: str = TABS[0]) -> str:
        """Return the state as the part of a link that holds it."""
        parts = [one.query(_start(at)) for at, one in enumerate(self.policies)]
        rest = [("cluster", self.cluster)] if self.cluster else []
        rest += [("tab", tab)] if tab != TABS[0] else []
        rest += [("b", "")] if len(self.policies) > 1 else []
        return "&".join(filter(None, [*parts, urlencode(rest)]))

    @classmethod
    def of(cls, held: Mapping[str, Sequence[str]]) -> Desk:
        """Return the state that a link holds; InputError where it cannot be read."""
        problems, found = Problems(), []
        for at in range(2 if "b" in held else 1):
            with problems.noted():
                settings, regimes = (held.get(f"{_start(at)}{name}", ()) for name in (SET, WITH))
                found.append(Policy.of(settings, regimes))
        problems.report()
        return cls(tuple(found), len(found) - 1, next(iter(held.get("cluster", ())), ""))


def _start(at: int) -> str:
    return "" if at == 0 else f"{LETTERS[at].lower()}."


@dataclass
class History:
    """States of a page, the last of which it shows."""

    desk: Desk = field(default_factory=Desk)
    _before: list[Desk] = field(default_factory=list)

    def go_to(self, desk: Desk) -> None:
        """Show another state; the one before is kept to come back to."""
        if desk != self.desk:
            self._before = [*self._before[1 - _MOST_BACK :], self.desk]
            self.desk = desk

    def undo(self) -> bool:
        """Go back to the state before; False where there is none."""
        if not self._before:
            return False
        self.desk = self._before.pop()
        return True

    @property
    def can_undo(self) -> bool:
        """Whether there is a state to go back to."""
        return bool(self._before)
