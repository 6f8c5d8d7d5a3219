"""Blocks of work by the workers of a Dask cluster: the same blocks, on other machines."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import pickle
import platform
import re
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from simulator.errors import InputError, Problem, WorkersLostError, printable, shown
from simulator.execution.versions import what_decides

if TYPE_CHECKING:
    from distributed import Client, Future

Task = TypeVar("Task")
Result = TypeVar("Result")

_AT_HAND = 2
"""Blocks given out for each thread of the cluster: one is done while the one before is fetched."""
_CONNECT_SECONDS = 10
_ANSWER_SECONDS = 12
"""By then whatever takes connections has said that it is a scheduler, or is none."""
_PATIENCE_SECONDS = 10
"""Without any worker for so long, we say that we wait."""
_ADDRESS = re.compile(r"(?:(?P<scheme>[a-z]+)://)?(?P<host>\[[0-9a-fA-F:]+\]|[^:/\[\]\s]+):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class DaskCluster:
    """A Dask cluster that works in place of processes of this machine.

    Parameters
    ----------
    scheduler : str
        Address of its scheduler: ``tls://HOST:PORT``, or ``tcp://127.0.0.1:PORT`` on this machine.
        Every worker has this program, and all that results depend on, as here.
    """

    scheduler: str

    def problems(self) -> list[Problem]:
        """Return what keeps the cluster from being used, as far as can be told before it is asked."""
        problems = []
        if find_spec("distributed") is None:
            hint = "pip install 'cluster-risk[dask]', here and on every worker"
            problems.append(Problem("--engine dask", "used with the package distributed", "none", hint))
        return problems + _address_problems(self.scheduler)

    def run(self, work: Callable[[Task], Result], blocks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """Yield the position and result of each block as it is done, in any order."""
        self._check_it_answers()
        with self._asked() as client:
            # A worker without this program would die of what it cannot read, one after the other.
            client.run(version, "cluster-risk")
            ours = what_decides()
            # As a task, not as data laid on one worker: what a worker that is killed had is made anew.
            name = f"work-{uuid4()}"
            given = client.submit(_as_it_is, pickle.dumps(work), key=name)
            left, at = deque(range(len(blocks))), dict[Any, int]()
            while left or at:
                room = _AT_HAND * max(sum(client.nthreads().values()), 1) - len(at)
                for position in [left.popleft() for _ in range(min(room, len(left)))]:
                    asked = _do, name, given, blocks[position], ours
                    at[client.submit(*asked, key=f"{name}-block-{position}")] = position
                done = _finished(client, at)
                for future, result in zip(done, client.gather(done), strict=True):
                    yield at.pop(future), result

    def _check_it_answers(self) -> None:
        """Refuse what is no scheduler: a client would wait for ever for one that says nothing."""
        from distributed.comm.core import connect
        from distributed.security import Security

        async def ask() -> None:
            known = Security().get_connection_args("client")
            asked = connect(self.scheduler, timeout=_CONNECT_SECONDS, **known)
            (await asyncio.wait_for(asked, _ANSWER_SECONDS)).abort()

        try:
            # A notebook has a loop of its own in this thread.
            with ThreadPoolExecutor(1) as apart:
                apart.submit(asyncio.run, ask()).result()
        except (TimeoutError, MemoryError):
            # Words of another program are taken for the length of what follows.
            raise InputError([_no_scheduler(self.scheduler, "what does not answer as Dask does")]) from None
        except (OSError, RuntimeError, TypeError, ValueError) as error:
            raise InputError([_no_scheduler(self.scheduler, error)]) from None

    @contextmanager
    def _asked(self) -> Iterator[Client]:
        """Give a client of the scheduler; say in our words what goes wrong with it."""
        import dask
        from distributed import Client
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker

        where = f"--scheduler {printable(self.scheduler)}"
        # What all blocks share is some 30 MB of tables: we know.
        quiet = {"distributed.admin.large-graph-warning-threshold": "1GB"}
        # What it would log is what we say.
        for part in ("distributed.client", "distributed.batched"):
            logging.getLogger(part).setLevel(logging.CRITICAL)
        with dask.config.set(quiet):
            try:
                with warnings.catch_warnings(action="ignore"):
                    client = Client(self.scheduler, timeout=_CONNECT_SECONDS)
            except (OSError, TypeError, ValueError) as error:
                raise InputError([_no_scheduler(self.scheduler, error)]) from None
            with client:
                try:
                    yield client
                except KilledWorker as error:
                    often = error.args[2] + 1
                    why = f"{where}: workers died {often} times at a block; give them more memory"
                    raise WorkersLostError(why) from None
                except (CancelledError, OSError) as error:
                    # A full disk is no matter of the cluster's. The client may not know yet that it is alone.
                    is_lost = isinstance(error, CancelledError | CommClosedError)
                    if not is_lost and client.status == "running":
                        raise
                    raise WorkersLostError(f"{where}: the scheduler has gone") from None
                except ModuleNotFoundError as error:
                    raise InputError([_same_everywhere(where, f"a worker without {error.name}")]) from None
                except _OtherVersionsError as error:
                    raise InputError([_same_everywhere(where, str(error))]) from None


class _OtherVersionsError(Exception):
    """A worker has other versions of what decides results."""


def _no_scheduler(address: str, given: object) -> Problem:
    where, need = f"--scheduler {printable(address)}", "that of a Dask scheduler that answers"
    got = (str(given) or type(given).__name__).partition("\n")[0]
    return Problem(where, need, got, "docs/cluster.md says how to start one, and how Dask gets certificates")


def _same_everywhere(where: str, got: str) -> Problem:
    need = "that of a cluster whose workers have this program, and all that results depend on, as here"
    return Problem(where, need, got, "docs/cluster.md says what must be the same, and how to make it so")


def _finished(client: Client, futures: dict[Future[Any], int]) -> list[Future[Any]]:
    """Return the blocks that are done, some at least; say once that there is nobody to do them."""
    from distributed import wait

    is_told = False
    while True:
        try:
            return list(wait(list(futures), timeout=_PATIENCE_SECONDS, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            if not is_told and not client.nthreads():
                sys.stderr.write("note: the cluster has no workers; waiting for some\n")
                is_told = True


def _address_problems(address: str) -> list[Problem]:
    """Return what is wrong with an address: whoever listens on the way could run programs on each worker."""
    where, need = f"--scheduler {printable(address)}", "tls://HOST:PORT, or tcp://127.0.0.1:PORT"
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found["port"]) >= 2**16 or found["scheme"] not in {None, "tcp", "tls"}:
        return [Problem(where, need, shown(address), "a scheduler says its address when it starts")]
    if found["scheme"] == "tls" or _is_this_machine(found["host"].strip("[]")):
        return []
    hint = "docs/cluster.md: encrypt it, or reach it by `ssh -L 8786:localhost:8786`"
    return [Problem(where, need, "an open connection to another machine", hint)]


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# On a worker. ----------------------------------------------------------------------------------------------

_one_at_a_time = Lock()
_unpacked: dict[str, Any] = {}
"""The work of late by name: unpacked once by a process, with what it has learned since."""


def _as_it_is(packed: bytes) -> bytes:
    return packed


def _do(name: str, packed: bytes, block: object, wanted: dict[str, str]) -> Any:
    """Do one block of the work of that name, if results here are those of who asks to the last bit."""
    differs = [f"{key} {value}" for key, value in what_decides().items() if wanted.get(key) != value]
    if differs:
        raise _OtherVersionsError(f"{', '.join(differs)} on {platform.node()}")
    # A worker may have threads; what they would share is made for one.
    with _one_at_a_time:
        if name not in _unpacked:
            _unpacked.clear()
            _unpacked[name] = pickle.loads(packed)  # noqa: S301 - from who may run anything here
        return _unpacked[name](block)
