"""What a Dask cluster is refused for, before it is asked and by its workers."""

from __future__ import annotations

import pickle

import pytest

from simulator.errors import InputError
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


@pytest.mark.parametrize("name", ["version of numpy", "version of python", "instructions that numpy uses"])
def test_a_worker_that_would_find_other_numbers_refuses(name: str) -> None:
    ours = what_decides()
    packed = pickle.dumps(abs)
    assert dask_cluster._do("a", packed, -3, ours) == 3
    with pytest.raises(dask_cluster._OtherVersionsError, match=name):
        dask_cluster._do("a", packed, -3, ours | {name: "others"})
