"""The versions of what decides results: with the same ones, equal scenarios give equal numbers."""

from __future__ import annotations

import platform
from importlib.metadata import version

_PACKAGES = ("cluster-risk", "numpy", "scipy", "pandas", "xarray", "netCDF4", "pydantic")


def versions() -> dict[str, str]:
    """Return each version by what it is of, ours first."""
    ours, *others = _PACKAGES
    return {
        ours: version(ours),
        "python": platform.python_version(),
        **{name: version(name) for name in others},
    }
