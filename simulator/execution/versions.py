"""The versions of what decides results: with the same ones, equal scenarios give equal numbers."""

from __future__ import annotations

import platform
from importlib.metadata import version

from numpy.lib.introspect import opt_func_info

_PACKAGES = ("cluster-risk", "numpy", "scipy", "pandas", "xarray", "netCDF4", "pydantic")


def versions() -> dict[str, str]:
    """Return each version by what it is of, ours first."""
    ours, *others = _PACKAGES
    return {
        ours: version(ours),
        "python": platform.python_version(),
        **{name: version(name) for name in others},
    }


def what_decides() -> dict[str, str]:
    """Return what must be the same for two machines to find the same numbers to the last bit.

    Beside versions, the instructions of the processor that numpy uses: with others, exp and log differ in
    their last bit here and there, and results in the 13th digit.
    """
    used = {one["current"] for by_type in opt_func_info().values() for one in by_type.values()}
    named = {f"version of {name}": number for name, number in versions().items()}
    return named | {"instructions that numpy uses": " ".join(sorted(used))}
