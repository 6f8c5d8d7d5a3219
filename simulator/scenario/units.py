"""The unit of a figure of a scenario, which its key names."""

from __future__ import annotations

SHARE = "share: 0.1 is 10%"
_SHARES = {"proportion", "correlation", "persistence", "proportion_by_line"}
"""Keys of shares whose names do not say so."""
_ENDS = {
    "gbp": "pounds",
    "people": "people",
    "csv": "file name",
    "month": "month, 1 to 12",
    "year": "year",
    "years": "years",
    "cv": "SD over mean",
    "per_1000": "a year per 1,000 people",
}


def unit_of(key: str, words: str, otherwise: str = "number") -> str:
    """Return the unit of a number, or of a file's name; `words` is what the key is said to be."""
    parts = key.split("_")
    if "share" in parts or key in _SHARES:
        return SHARE
    if "gbp" in parts or "in pounds" in words:
        return _ENDS["gbp"]
    ends = [unit for end, unit in _ENDS.items() if key == end or key.endswith(f"_{end}")]
    return ends[-1] if ends else otherwise
