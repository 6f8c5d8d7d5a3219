"""Streams are told apart by seed, names and block, and by nothing else."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import pytest

from simulator import random_streams
from simulator.errors import InputError
from simulator.random_streams import KeptStreams, RandomStreams


def _start(seed: int, *names: str, block: int = 0) -> tuple[float, ...]:
    return tuple(RandomStreams(seed).generator(*names, block=block).random(4))


def test_the_same_name_is_the_same_stream() -> None:
    assert _start(1, "count", "Ely") == _start(1, "count", "Ely")


def test_everything_in_the_name_separates_streams() -> None:
    starts = [
        _start(1, "count", "Ely"),
        _start(1, "count", "Ely", block=1),
        _start(2, "count", "Ely"),
        _start(0, "count", "Ely"),
        _start(1, "Ely", "count"),
        _start(1, "cost", "Ely"),
        _start(1, "count"),
        # Where one name ends and the next begins counts.
        _start(1, "count", "E", "ly"),
        _start(1, "countEly"),
        _start(1),
    ]
    assert len(set(starts)) == len(starts)


def test_other_streams_in_between_change_nothing() -> None:
    streams = RandomStreams(5)
    before = streams.generator("a").random()
    streams.generator("b").random(1_000)
    assert streams.generator("a").random() == before


def test_seed_zero_is_a_seed() -> None:
    assert _start(0, "count") == _start(0, "count")
    assert _start(0, "count") != _start(1, "count")


def test_a_large_seed_and_a_numpy_seed() -> None:
    assert _start(2**64, "count") != _start(0, "count")
    assert _start(np.int64(7), "count") == _start(7, "count")


@pytest.mark.parametrize("seed", [-1, 1.0, "1", None, True, np.float64(2)])
def test_seeds_that_are_none(seed: Any) -> None:
    with pytest.raises(InputError, match="a whole number, zero or more"):
        RandomStreams(seed)


def test_draws_are_fixed_for_good() -> None:
    # A change here changes every result that anybody has kept: it needs a line in the changelog.
    assert RandomStreams(0).generator("count", "Ely", block=2).random() == 0.35257158969894553


@pytest.mark.parametrize("seed", [0, 1, 2**32, 10**38])
@pytest.mark.parametrize("block", [0, 1, 70_000])
def test_streams_are_those_of_numpys_seed_sequence(seed: int, block: int) -> None:
    digest = blake2b(b"cost\x1fEly", digest_size=16).digest()
    key = (*np.frombuffer(digest, dtype="<u4").tolist(), block)
    sequence = np.random.SeedSequence(seed, spawn_key=key)
    expected = np.random.Generator(np.random.SFC64(sequence)).random(4)
    assert _start(seed, "cost", "Ely", block=block) == tuple(expected)


def test_streams_that_keep_normals_give_the_same_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, plain = KeptStreams(7), RandomStreams(7)
    # Fewer and more than were kept, and of another block, name and seed.
    for names, block, size in (
        (("a",), 1, 50),
        (("a",), 1, 20),
        (("a",), 1, 90),
        (("a",), 2, 90),
        (("b",), 1, 9),
    ):
        found = kept.normals(*names, block=block, size=size)
        drawn = plain.generator(*names, block=block).standard_normal(size)
        np.testing.assert_array_equal(found, drawn)
        np.testing.assert_array_equal(plain.normals(*names, block=block, size=size), drawn)
    again = kept.normals("a", block=1, size=90)
    assert again.base is kept.normals("a", block=1, size=20).base
    with pytest.raises(ValueError, match="read-only"):
        again[0] = 0.0
    # No more than there is room for.
    monkeypatch.setattr(random_streams, "_MOST_KEPT", 0)
    kept.normals("c", block=1, size=5)
    assert len(kept._kept) == 3
