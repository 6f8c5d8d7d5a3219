"""Checking every policy of a sweep before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from simulator.errors import InputError, Problem
from simulator.execution.blocks import run_blocks
from simulator.scenario.scenario import Scenario

_CHECKED_AT_ONCE = 50
_GIVEN_SHOWN = 5

Policy = tuple[str, ...]
"""A value of each key, as the user wrote it."""


def overrides(keys: Sequence[str], policy: Policy) -> tuple[str, ...]:
    """Return the settings that make a policy of the scenario."""
    return tuple(f"{key}={value}" for key, value in zip(keys, policy, strict=True))


def policy_problems(
    scenario: Scenario,
    keys: Sequence[str],
    policies: Sequence[Policy],
    workers: int,
    progress: Callable[[int, int], None],
) -> list[Problem]:
    """Return what is wrong with any policy, each problem once with the first policy that has it."""
    starts = range(0, len(policies), _CHECKED_AT_ONCE)
    tasks = [policies[start : start + _CHECKED_AT_ONCE] for start in starts]
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    checked: dict[int, list[tuple[int, Problem]]] = {}
    for position, problems in run_blocks(partial(_check, scenario, keys), tasks, workers):
        checked[position] = problems
        progress(len(checked) * _CHECKED_AT_ONCE, len(policies))
    # In the order of the policies, whichever was checked first.
    for position in sorted(checked):
        for at, one in checked[position]:
            number = position * _CHECKED_AT_ONCE + at
            found.setdefault((one.where, one.need, one.hint), []).append((number, one.got))
    return [
        Problem(where, need, _told(met, keys, policies), hint) for (where, need, hint), met in found.items()
    ]


def _check(scenario: Scenario, keys: Sequence[str], policies: Sequence[Policy]) -> list[tuple[int, Problem]]:
    problems = []
    for at, policy in enumerate(policies):
        settings = overrides(keys, policy)
        try:
            scenario.vary(*settings)
        except InputError as error:
            problems += [(at, _about_vary(problem, keys, settings)) for problem in error.problems]
    return problems


def _about_vary(problem: Problem, keys: Sequence[str], settings: Iterable[str]) -> Problem:
    """Say `--vary KEY` where the check of a scenario says `--set KEY=VALUE`."""
    where = problem.where
    for key, setting in zip(keys, settings, strict=True):
        if where.startswith(f"--set {setting}"):
            where = f"--vary {key}{where.removeprefix(f'--set {setting}').replace(f' ({key})', '')}"
            break
    return Problem(where, problem.need, problem.got, problem.hint)


def _told(met: Sequence[tuple[int, str]], keys: Sequence[str], policies: Sequence[Policy]) -> str:
    """Say what was given where a problem was met, and with which policies if not with them all."""
    given = list(dict.fromkeys(got for _, got in met))
    shown_some = ", ".join(given[:_GIVEN_SHOWN]) + (", ..." if len(given) > _GIVEN_SHOWN else "")
    numbers = sorted({number for number, _ in met})
    if len(numbers) == len(policies):
        return shown_some
    first = ", ".join(overrides(keys, policies[numbers[0]]))
    return f"{shown_some} (in {len(numbers):,} of {len(policies):,} policies; first with {first})"
