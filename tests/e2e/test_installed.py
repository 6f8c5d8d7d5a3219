"""The wheel, in an empty environment far from the repository: it runs, and says what the repository says.

Built and installed from what is on the machine already, or else from the package index; where neither can be
had these tests are skipped. `uv` comes with `make run`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.command import ROOT, SMALL, cluster_risk, leftovers

UV = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
SIZE = ("--contracts", "400", "--seed", "3")
MOST_SECONDS = 120

pytestmark = pytest.mark.skipif(UV is None, reason="uv is not here: pip install uv")


def run(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with nothing of the repository in its environment."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    environment = kept | {"PYTHONIOENCODING": "utf-8", "COLUMNS": "100", "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        list(map(str, words)),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=MOST_SECONDS,
    )


def from_here_or_afar(*words: str | Path, folder: Path) -> None:
    """Run uv with what it has kept, or else with what it can fetch; skip where it cannot."""
    for where in (["--offline"], []):
        done = run(UV, *words, *where, folder=folder)
        if done.returncode == 0:
            return
    pytest.skip(f"uv cannot do it without the package index: {done.stderr.strip().splitlines()[-1]}")


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The command of the wheel, installed with all that it needs, at the versions of the house."""
    room = tmp_path_factory.mktemp("away")
    from_here_or_afar("build", "-q", "--wheel", "-o", room, ROOT, folder=room)
    (wheel,) = room.glob("*.whl")
    made = run(UV, "venv", "--quiet", "--python", sys.executable, "env", folder=room)
    assert made.returncode == 0, made.stderr
    scripts = room / "env" / ("Scripts" if os.name == "nt" else "bin")
    versions = ("--constraints", ROOT / "constraints.txt")
    asked = ("pip", "install", "--quiet", "--python", scripts / "python", *versions, f"{wheel}[lab]")
    from_here_or_afar(*asked, folder=room)
    where = run(scripts / "python", "-c", "import simulator; print(simulator.__file__)", folder=room)
    assert Path(where.stdout.strip()).is_relative_to(room), where.stderr
    return scripts / "cluster-risk"


def test_run_and_bond_say_what_the_repository_says(program, tmp_path):
    wrote = run(program, "init", "mine", folder=tmp_path)
    assert wrote.returncode == 0, wrote.stderr
    asked = ("run", Path("mine", "scenario.toml"), *SIZE, "--out")
    there, here = (
        run(program, *asked, "there", folder=tmp_path),
        cluster_risk(*asked, "here", folder=tmp_path),
    )
    assert (there.returncode, here.returncode) == (0, 0), there.stderr
    assert there.stdout == here.stdout
    assert leftovers(tmp_path / "there") == leftovers(tmp_path / "here")
    summaries = [(tmp_path / one / "summary.csv").read_bytes() for one in ("there", "here")]
    assert summaries[0] == summaries[1]
    asked = ("bond", SMALL, "--cluster", "Small", *SIZE)
    there = run(program, *asked, folder=tmp_path)
    assert there.returncode == 0, there.stderr
    assert there.stdout == cluster_risk(*asked, folder=tmp_path).stdout
    wrong = run(program, "run", "nothing.toml", folder=tmp_path)
    assert (wrong.returncode, "Traceback" in wrong.stderr) == (2, False)


def test_report_writes_every_format(program, tmp_path):
    done = run(program, "report", SMALL, *SIZE, "--out", "annex", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    formats = ("docx", "html", "pdf", "pptx", "xlsx")
    assert leftovers(tmp_path / "annex") == [f"report.{ending}" for ending in formats]
    assert "simulated contracts" in (tmp_path / "annex" / "report.html").read_text(encoding="utf-8")


def test_the_lab_opens_on_the_flagship_that_came_with_it(program, tmp_path):
    asked = [program, "lab", "--port", "0", "--no-browser", *SIZE]
    with subprocess.Popen(
        asked, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as lab:
        try:
            address = lab.stdout.readline().removeprefix("lab: ").strip()
            with urllib.request.urlopen(address, timeout=MOST_SECONDS) as page:  # noqa: S310 - our own
                assert b"Policy lab" in page.read()
            look = urllib.request.Request(  # noqa: S310 - our own
                f"{address}api/look", b"{}", {"content-type": "application/json"}
            )
            with urllib.request.urlopen(look, timeout=MOST_SECONDS) as answer:  # noqa: S310 - our own
                told = json.loads(answer.read())
        finally:
            lab.terminate()
        said = lab.stderr.read()
    assert "NHS Cambridgeshire" in said
    assert "Traceback" not in said
    assert "Wisbech" in json.dumps(told)
