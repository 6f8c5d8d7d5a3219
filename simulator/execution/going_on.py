"""Going on with work that was stopped: only if all that decides what it finds is as it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.errors import Problem, Problems, printable, shown

_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_same(before: Mapping[str, Any], identity: Mapping[str, str], path: Path, instead: str) -> None:
    """Refuse what `path` holds of other work, whose identity was `before`; `instead` says what to do then."""
    problems = Problems()
    for name, value in identity.items():
        if before.get(name) != value:
            # A digest says that something has changed, not what it was.
            is_digest = _DIGEST.fullmatch(value)
            need = f"as in {printable(path)}" + ("" if is_digest else f": {shown(before.get(name))}")
            got = "changed since" if is_digest else shown(value)
            problems.append(Problem(f"--resume, {name}", need, got, f"ask as before, or {instead}"))
    problems.report()
