"""The problems that a scenario or a file is refused for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError, Problem
from tests.builders import Table, checked, scenario_of


def problems_of_call(call: Callable[[], Any]) -> list[Problem]:
    """Return the problems of the InputError that a call raises; the test fails where it raises none."""
    with pytest.raises(InputError) as caught:
        call()
    return list(caught.value.problems)


def problems_of(mapping: Table, *overrides: str, folder: Path = Path()) -> list[Problem]:
    """Return the problems of a scenario."""
    return problems_of_call(lambda: checked(mapping, *overrides, folder=folder))


def problem_with(*overrides: str) -> Problem:
    """Return the one problem of the usual scenario with settings laid over it."""
    (problem,) = problems_of(scenario_of(), *overrides)
    return problem
