"""Peers on one cluster's year and on 36 policies of it: how long each takes, and whether its answer is right.

Those from PyPI stand in an environment of their own, `.bench` (see `make bench`); R's actuar where R is.
"""

from __future__ import annotations

import json
import math
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

from benchmarks.measure import ROOT, Taken, taken
from benchmarks.table import Row

ROUNDS = 3
YEARS = (10_000, 1_000_000)
_PYTHON = ROOT / ".bench" / "bin" / "python"
_OURS = [sys.executable, "-m", "benchmarks.one_year"]
_LEVELS = (0.95, 0.99)
_MOST_ERRORS, _MOST_SHARE = 4.0, 0.001
"""How far an answer may be from the exact one: in standard errors of draws, and as a share for laws."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that can work out a year."""

    words: str
    command: tuple[str, ...]  # without the number of years; empty where it is not there
    draws: bool = True  # or else it gives the law, whatever the years
    has_policies: bool = True


def peers() -> tuple[Peer, ...]:
    """Return who is held against ours, our own draws first."""
    script = str(ROOT / "benchmarks" / "one_year.py")
    r_script = shutil.which("Rscript")
    theirs = [
        ("numpy{}, every admission drawn", "numpy", True),
        ("`gemact`{}, its Monte Carlo", "gemact", True),
        ("`gemact`{}, its Fourier transform", "gemact-fft", False),
        ("`monaco`{}, a case a year, every admission drawn", "monaco", True),
        ("`aggregate`{}, its Fourier transform", "aggregate", False),
    ]
    versions = _versions()
    found = []
    for words, name, draws in theirs:
        version = versions.get(name.partition("-")[0], "")
        command = (str(_PYTHON), script, name) if version else ()
        found.append(Peer(words.format(f" {version}".rstrip()), command, draws))
    return (
        Peer("ours, drawn", (*_OURS, "ours")),
        Peer("ours, exact", (*_OURS, "exact"), draws=False, has_policies=False),
        *found,
        Peer(
            "R's `actuar`, `rcompound`", (r_script, "benchmarks/one_year.R") if r_script else (), True, False
        ),
    )


@cache
def _versions() -> dict[str, str]:
    """Return the peers that are installed, with their versions."""
    if not _PYTHON.exists():
        return {}
    code = "from importlib.metadata import distributions as d; [print(one.name, one.version) for one in d()]"
    lines = taken([_PYTHON, "-c", code]).printed.splitlines()
    return {name.lower(): version for name, _, version in (line.partition(" ") for line in lines)}


def one_year() -> Iterator[Row]:
    """Yield the rows of one cluster's year: of 10,000 in rounds, of 1,000,000 once."""
    exact = _numbers(taken([*_OURS, "exact", "1"]).printed)
    for years in YEARS:
        rounds = ROUNDS if years == YEARS[0] else 1
        some = [peer for peer in peers() if peer.draws or years == YEARS[0]]
        found: dict[str, list[Taken]] = {peer.words: [] for peer in some}
        for _ in range(rounds):
            for peer in some:
                # Who could not once is not asked again.
                if peer.command and not any(one.trouble for one in found[peer.words]):
                    found[peer.words].append(taken([*peer.command, str(years)], is_peer=True))
        ours = _median(found[some[0].words])
        for peer in some:
            what = f"one cluster's year, {years:,} years" if peer.draws else "one cluster's year, its law"
            right = ""
            if found[peer.words] and not found[peer.words][-1].trouble:
                right = _held_against(
                    _numbers(found[peer.words][-1].printed), exact, years if peer.draws else 0
                )
            yield _row(
                f"{what}: {peer.words}{right}", found[peer.words], ours, is_ours=peer.words.startswith("ours")
            )


def thirty_six() -> Iterator[Row]:
    """Yield the rows of 36 policies on 10,000 years of one cluster, once each."""
    ours: float | None = None
    first: list[list[float]] = []
    for peer in (one for one in peers() if one.has_policies):
        found = []
        if peer.command:
            found = [taken([*peer.command, str(YEARS[0]), "--policies"], is_peer=True)]
        what = f"36 policies on {YEARS[0]:,} years of one cluster: {peer.words}"
        if found and not found[0].trouble:
            policies = json.loads(found[0].printed)["policies"]
            first = first or policies
            apart = max(abs(one[0] / other[0] - 1) for one, other in zip(policies, first, strict=True))
            what += (
                ""
                if policies is first
                else f" (what practices keep differs from ours by {apart:.1%} at most)"
            )
        ours = _median(found) if ours is None else ours
        yield _row(f"{what}, once", found, ours, is_ours=peer.words.startswith("ours"))


def _median(found: Sequence[Taken]) -> float:
    return statistics.median(one.processor for one in found)


def _row(what: str, found: Sequence[Taken], ours: float, *, is_ours: bool) -> Row:
    what += ", processor time"
    if not found:
        return Row(what, "not there")
    if found[-1].is_stopped:
        least = found[-1].processor / ours
        return Row(what, found[-1].trouble, f"over {least:.0f} times ours, drawn", "more than 1", least > 1)
    if found[-1].trouble:
        return Row(what, found[-1].trouble)
    seconds = _median(found)
    if is_ours:
        return Row(what, f"{seconds:.2f} s")
    times = seconds / ours
    return Row(what, f"{seconds:.2f} s", f"{times:.1f} times ours, drawn", "more than 1", times > 1)


def _numbers(printed: str) -> list[float]:
    """Return mean, SD and quantiles as a program prints them."""
    if printed.lstrip().startswith("{"):
        return [float(one) for one in json.loads(printed)["year"]]
    return [float(one) for one in printed.split()]


def _held_against(found: Sequence[float], exact: Sequence[float], years: int) -> str:
    """Say how far an answer lies from the exact one, and whether that is chance."""
    shares = [one / other - 1 for one, other in zip(found, exact, strict=True)]
    names = ("mean", "SD", *(f"{100 * level:g}%" for level in _LEVELS))
    told = ", ".join(f"{name} {share:+.2%}" for name, share in zip(names, shares, strict=True))
    if not years:
        verdict = "right" if max(map(abs, shares)) < _MOST_SHARE else "WRONG"
        return f" ({told} off the exact law: {verdict})"
    sd = exact[1]
    # Errors as for normal totals, which those of thousands of admissions are near to.
    errors = [sd / math.sqrt(years), sd / math.sqrt(2 * years)]
    for level in _LEVELS:
        density = NormalDist().pdf(NormalDist().inv_cdf(level)) / sd
        errors.append(math.sqrt(level * (1 - level) / years) / density)
    apart = max(abs(one - other) / error for one, other, error in zip(found, exact, errors, strict=True))
    verdict = "right" if apart < _MOST_ERRORS else "WRONG"
    return f" ({told} off the exact law, {apart:.1f} standard errors at most: {verdict})"


SECTIONS: tuple[Callable[[], Iterator[Row]], ...] = (one_year, thirty_six)
