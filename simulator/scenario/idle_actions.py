"""Actions that are written and do nothing, as the scenario stands: each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.actions.action import OfLines, WithEffect
from simulator.actions.in_year_control import InYearControl
from simulator.scenario.schema import ScenarioFile


def idle_actions(settings: ScenarioFile) -> Iterator[tuple[str, str]]:
    """Yield what of the actions does nothing, and why."""
    years = settings.contract.years
    blocks = {line.name for line in settings.service_lines if not line.terms.follows_care}
    every = [line.name for line in settings.service_lines]
    for action in settings.actions:
        where = f"actions.{action.name}"
        if action.clusters is not None and not action.clusters:
            yield where, "no cluster takes it"
        if not isinstance(action, WithEffect):
            continue
        if isinstance(action, InYearControl) and action.comes_back_share and years == 1:
            yield f"{where}.comes_back_share", "the contract ends after 1 year"
        if not action.probability_of_working:
            yield f"what {where} brings", "its probability_of_working is 0"
        elif isinstance(action, OfLines) and blocks.issuperset(
            every if action.service_lines is None else action.service_lines
        ):
            yield f"what {where} brings", "none of its lines is paid per case"
        if "ramp_share_by_year" in action.model_fields_set:
            ramp = action.ramp_share_by_year
            yield from after_the_contract(f"{where}.ramp_share_by_year", ramp, years, years)
        if "common_to_clusters" in action.model_fields_set and (
            len(settings.clusters) == 1 or action.is_known(carried=settings.doubt.carried)
        ):
            yield f"{where}.common_to_clusters", "nothing of it differs between clusters by chance"


def after_the_contract(key: str, said: Sequence[float], last: int, years: int) -> Iterator[tuple[str, str]]:
    """Yield a list of values by year that goes on after the last of them that counts."""
    if len(said) > last:
        yield f"what {key} says after year {last}", f"the contract ends after {years} year{'s' * (years > 1)}"
