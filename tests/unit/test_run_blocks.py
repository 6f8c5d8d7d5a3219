"""Blocks of work over processes: all of them once, whatever happens to a process."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from simulator.execution.blocks import run_blocks

BLOCKS = list(range(10, 17))


def _square(block: int) -> int:
    return block * block


def _refuse(block: int) -> int:
    if block == 12:
        raise ValueError("twelve is refused")
    return block


def _die_once(folder: Path, block: int) -> int:
    """End the process as running out of memory would, the first time that block 13 is asked for."""
    mark = folder / "died"
    if block == 13 and not mark.exists():
        mark.touch()
        os._exit(1)
    return block


def _die(_: int) -> int:
    os._exit(1)


@pytest.mark.parametrize("workers", [1, 2, 50])
def test_every_block_once_with_its_position(workers: int) -> None:
    done = list(run_blocks(_square, BLOCKS, workers))
    assert sorted(done) == [(at, block * block) for at, block in enumerate(BLOCKS)]


@pytest.mark.parametrize("workers", [1, 2])
def test_no_blocks(workers: int) -> None:
    assert list(run_blocks(_square, [], workers)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_an_exception_comes_through(workers: int) -> None:
    with pytest.raises(ValueError, match="twelve is refused"):
        list(run_blocks(_refuse, BLOCKS, workers))


def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    done = list(run_blocks(partial(_die_once, tmp_path), BLOCKS, 2))
    assert sorted(done) == list(enumerate(BLOCKS))
    assert (tmp_path / "died").exists()


def test_processes_that_die_again_and_again_are_an_error() -> None:
    with pytest.raises(RuntimeError, match="died 3 times"):
        list(run_blocks(_die, BLOCKS, 2))


def test_a_reader_that_stops_early_leaves_no_process() -> None:
    running = run_blocks(_square, BLOCKS, 2)
    next(running)
    running.close()
    assert list(running) == []
