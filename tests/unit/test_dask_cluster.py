"""What a Dask cluster is refused for, before it is asked and by its workers."""

from __future__ import annotations

import pickle
import socket
from concurrent.futures import CancelledError
from threading import Thread
from types import SimpleNamespace
from typing import Self

import pytest

from simulator.errors import InputError, WorkersLostError
from simulator.execution import dask_cluster
from simulator.execution.dask_cluster import DaskCluster
from simulator.execution.versions import what_decides
from simulator.simulation.draws import SettledDraws


@pytest.mark.parametrize(
    "address",
    ["tls://10.0.0.5:8786", "tcp://127.0.0.1:8786", "127.0.0.9:1", "localhost:8786", "tcp://[::1]:8786"],
)
def test_encrypted_or_on_this_machine(address: str) -> None:
    assert DaskCluster(address).problems() == []


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.5:8786", "host:8786", "tcp://[fe80::1]:8786", "127.0.0.1.example.org:8786"],
)
def test_an_open_connection_to_another_machine_is_refused(address: str) -> None:
    (problem,) = DaskCluster(address).problems()
    assert problem.got == "an open connection to another machine"


@pytest.mark.parametrize(
    "address", ["", "8786", "tcp://127.0.0.1", "http://127.0.0.1:1", "127.0.0.1:99999", "a\n:1"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="must be: tls://HOST:PORT"):
        SettledDraws(100, 1, DaskCluster(address))


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_cluster, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"pip install 'cluster-risk\[dask\]'"):
        SettledDraws(100, 1, DaskCluster("127.0.0.1:8786"))


@pytest.mark.parametrize("words", [b"", b"SSH-2.0-OpenSSH_9.2\r\n"])
def test_another_program_at_the_address_is_told(monkeypatch: pytest.MonkeyPatch, words: bytes) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_cluster, "_ANSWER_SECONDS", 1)
    taken: list[socket.socket] = []

    def answer(server: socket.socket) -> None:
        # Kept, so that the connection stays open.
        taken.append(server.accept()[0])
        taken[0].sendall(words)

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=answer, args=(server,), daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(InputError, match="given:   what does not answer as Dask does"):
            list(DaskCluster(address).run(abs, [-3]))
    taken[0].close()


def test_a_scheduler_that_dask_may_not_speak_to_is_told() -> None:
    dask = pytest.importorskip("dask")
    encrypted = dask.config.set({"distributed.comm.require-encryption": True})
    with encrypted, pytest.raises(InputError, match="given:   encryption required by Dask"):
        list(DaskCluster("tcp://127.0.0.1:9").run(abs, [-3]))


@pytest.mark.parametrize("name", ["version of numpy", "version of python", "instructions that numpy uses"])
def test_a_worker_that_would_find_other_numbers_refuses(name: str) -> None:
    ours = what_decides()
    packed = pickle.dumps(abs)
    assert dask_cluster._do("a", packed, -3, ours) == 3
    with pytest.raises(dask_cluster._OtherVersionsError, match=name):
        dask_cluster._do("a", packed, -3, ours | {name: "others"})


class Cluster:
    """Stands for a client of a scheduler, by whom an error comes."""

    def __init__(self, status: str) -> None:
        self.status = status

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def outcome(monkeypatch: pytest.MonkeyPatch, error: Exception, status: str = "running") -> Exception:
    """Return what is raised of an error that comes by a client."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: Cluster(status))
    with pytest.raises(Exception) as caught, DaskCluster("127.0.0.1:8786")._asked():  # noqa: PT011
        raise error
    return caught.value


def test_workers_that_die_at_a_block_again_and_again_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    scheduler = pytest.importorskip("distributed.scheduler")
    error = outcome(monkeypatch, scheduler.KilledWorker("block", None, 3))
    assert isinstance(error, WorkersLostError)
    assert "workers died 4 times at a block; give them more memory" in str(error)


@pytest.mark.parametrize(
    ("kind", "status"), [(CancelledError, "running"), (OSError, "closed"), ("CommClosedError", "running")]
)
def test_a_scheduler_that_has_gone_is_told(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception] | str, status: str
) -> None:
    made = getattr(pytest.importorskip("distributed.comm"), kind) if isinstance(kind, str) else kind
    told = outcome(monkeypatch, made("lost"), status)
    assert isinstance(told, WorkersLostError)
    assert str(told) == "--scheduler 127.0.0.1:8786: the scheduler has gone"


def test_an_error_of_ours_is_no_scheduler_s(monkeypatch: pytest.MonkeyPatch) -> None:
    full = OSError("no space left")
    assert outcome(monkeypatch, full) is full


@pytest.mark.parametrize(
    ("error", "got"),
    [
        (ModuleNotFoundError(name="simulator"), "a worker without simulator"),
        (dask_cluster._OtherVersionsError("numpy 1 on b"), "numpy 1 on b"),
    ],
)
def test_a_worker_that_is_not_as_here_is_bad_input(
    monkeypatch: pytest.MonkeyPatch, error: Exception, got: str
) -> None:
    told = outcome(monkeypatch, error)
    assert isinstance(told, InputError)
    assert told.problems[0].got == got


def test_a_cluster_without_workers_is_told_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    distributed, waits = pytest.importorskip("distributed"), iter([True, True, False])

    def wait(*_: object, **__: object) -> SimpleNamespace:
        if next(waits):
            raise TimeoutError
        return SimpleNamespace(done={"block"})

    monkeypatch.setattr(distributed, "wait", wait)
    assert dask_cluster._finished(SimpleNamespace(nthreads=dict), {"block": 0}) == ["block"]  # type: ignore[dict-item, arg-type, comparison-overlap]
    assert capsys.readouterr().err == "note: the cluster has no workers; waiting for some\n"
