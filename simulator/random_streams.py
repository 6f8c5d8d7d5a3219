"""The one place where random generators are made.

A stream is named by what it decides, so adding a cluster, reordering calls or changing a rule
changes no other draw, and two policies on the same scenario share every draw.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np

from simulator.errors import InputError, Problem, shown

Generator = np.random.Generator
FloatArray = np.ndarray[Any, np.dtype[np.float64]]
LARGEST_SEED = 10**38
"""As much as a generator takes in: 128 bits."""
_MOST_KEPT = 6_000_000
"""Standard normals that are kept: some 50 MB."""
SEEDS = "a whole number, zero or more, up to 10^38"


@dataclass(frozen=True, slots=True)
class RandomStreams:
    """Generators of one seed, told apart by name."""

    seed: int  # zero or more; zero is a seed like any other

    def __post_init__(self) -> None:
        is_whole = isinstance(self.seed, (int, np.integer)) and not isinstance(self.seed, bool)
        if not is_whole or not 0 <= self.seed <= LARGEST_SEED:
            raise InputError([Problem("seed", SEEDS, shown(self.seed))])

    def generator(self, *names: str, block: int = 0) -> Generator:
        """Return the generator of what `names` says, for one block of contracts.

        Parameters
        ----------
        *names : str
            What is decided, for example ``"count", "Ely", "prescribing", "2010/11"``.
        block : int
            Number of the block of contracts.

        Returns
        -------
        numpy.random.Generator
            Always in the same state for the same seed, names and block. SFC64: the fastest of
            numpy's bit generators here (`benchmarks/`), and it passes the usual test batteries.
        """
        digest = blake2b("\x1f".join(names).encode(), digest_size=16).digest()
        # As SeedSequence(seed, spawn_key=(*digest, block)) puts them together, in half of the time.
        words = int(self.seed).to_bytes(16, "little") + digest + block.to_bytes(4, "little")
        sequence = np.random.SeedSequence(np.frombuffer(words, dtype="<u4"))
        return np.random.Generator(np.random.SFC64(sequence))

    def normals(self, *names: str, block: int, size: int) -> FloatArray:
        """Return the first standard normals of the generator of what `names` says; not to be written to."""
        return self.generator(*names, block=block).standard_normal(size)


@dataclass(frozen=True, slots=True)
class KeptStreams(RandomStreams):
    """Streams that keep standard normals that they gave, for those who ask again: the same, in less time."""

    _kept: dict[tuple[int, tuple[str, ...]], FloatArray] = field(
        default_factory=dict, repr=False, compare=False
    )

    def normals(self, *names: str, block: int, size: int) -> FloatArray:
        """Return the first standard normals of what `names` says; not to be written to."""
        kept = self._kept.get((block, names))
        if kept is None or kept.size < size:
            kept = self.generator(*names, block=block).standard_normal(size)
            kept.flags.writeable = False
            if (len(self._kept) + 1) * size <= _MOST_KEPT:
                self._kept[block, names] = kept
        return kept[:size]
