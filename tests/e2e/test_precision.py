"""`cluster-risk run --precision`: as many contracts as it takes, and says how many."""

from __future__ import annotations

import re

import pytest

from tests.e2e.command import SMALL, cluster_risk, leftovers, refused

SENTENCE = re.compile(
    r"([\d,]+) contracts were needed for every bond's interval to be within ±3%; "
    r"widest: (Small|Large|All clusters together), ±([\d.]+)%\."
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A result folder, and what was printed."""
    out = tmp_path_factory.mktemp("precision") / "precise"
    done = cluster_risk("run", SMALL, "--precision", "0.03", "--seed", "5", "--out", out)
    assert done.returncode == 0, done.stderr
    return out, " ".join(done.stdout.split())


def test_says_how_many_and_the_widest(written):
    contracts, _, widest = SENTENCE.search(written[1]).groups()
    assert f"{contracts} simulated contracts, seed 5" in written[1]
    assert 0 < float(widest) <= 3


def test_is_the_run_of_so_many_contracts(written, tmp_path):
    contracts = SENTENCE.search(written[1])[1].replace(",", "")
    plain = tmp_path / "plain"
    done = cluster_risk(
        "run", SMALL, "--contracts", contracts, "--seed", "5", "--workers", "2", "--out", plain
    )
    assert done.returncode == 0, done.stderr
    for name in ("summary.csv", "outcomes.nc"):
        assert (plain / name).read_bytes() == (written[0] / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--precision", "0.6", "--contracts", "500", "--workers", "0"), "3 problems:"),
        (("--precision", "nan"), "above 0 and up to 0.5"),
        (("--precision", "1%"), "Invalid value for '--precision'"),
        (("--precision", "0.01", "--contracts", "500"), "left out where a precision is asked for"),
        (("--precision", "0.000001"), "or more; "),
        (("--precision", "0.1", "--set", "clusters.*.true_saving_share=0.5"), "nobody needs a bond"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(arguments, says, tmp_path):
    refused(cluster_risk("run", SMALL, *arguments, "--out", tmp_path / "deep" / "out"), says)
    assert leftovers(tmp_path) == []
