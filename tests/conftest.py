"""What all tests share: a marker for each tier, and how hypothesis searches."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_HERE = Path(__file__).parent
TIERS = ("unit", "property", "statistical", "golden", "e2e", "architecture")

# The same examples on every machine and every day: a red build means that the code has changed.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


def tier_of(path: Path) -> str | None:
    """Return the tier whose folder holds a test file; None where there is none."""
    inside = path.relative_to(_HERE).parts
    return inside[0] if len(inside) > 1 and inside[0] in TIERS else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its tier; a test in no tier would be left out of every run by marker."""
    lost = set()
    for item in items:
        if not item.path.is_relative_to(_HERE):
            continue
        tier = tier_of(item.path)
        if tier is None:
            lost.add(str(item.path.relative_to(_HERE)))
        else:
            item.add_marker(tier)
    if lost:
        raise pytest.UsageError(f"tests in no tier ({', '.join(TIERS)}): {', '.join(sorted(lost))}")
