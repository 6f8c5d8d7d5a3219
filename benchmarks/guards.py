"""A study on demand: each guard against rough treatment is taken out, and a test must fail.

`python -m benchmarks.guards` (a quarter of an hour) takes the guards of `benchmarks/guards.toml` out of a
copy of the committed project, one at a time, runs the test that each names, and writes the table in
`benchmarks/rough-treatment.md`. Exits with 1, and writes nothing, if a test passes without its guard, fails
with it, or if a guard is no longer where it was. With words, only the guards whose fault has one of them are
tried, and nothing is written.
"""

from __future__ import annotations

import compileall
import os
import signal
import subprocess
import sys
import tempfile
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.copying import ROOT, copied

PAGE = ROOT / "benchmarks" / "rough-treatment.md"
LIST = ROOT / "benchmarks" / "guards.toml"
BEGIN, END = "<!-- guards -->\n", "<!-- end of guards -->\n"
LONGEST_SECONDS = 180.0
"""A test that takes longer waits for ever, which is a failure too."""


@dataclass(frozen=True)
class Guard:
    """What keeps the command standing, and how it is seen that it does."""

    fault: str  # what happens to the command
    file: str
    guard: str  # lines of the file
    without: str  # what stands there without it
    test: str  # the test that fails then
    then: str  # what would come of it

    def taken_out(self, text: str) -> str:
        """Return the file's text without the guard."""
        if text.count(self.guard) != 1:
            raise ValueError(f"{self.file} has no such guard any more: {self.fault}")
        changed = text.replace(self.guard, self.without)
        compile(changed, self.file, "exec")
        return changed


def passes(folder: Path, *tests: str) -> bool:
    """Return whether tests pass on the project in a folder."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    # Nothing compiled is kept: a file with its guard must not be taken for one without.
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, **quiet)
    try:
        return process.wait(LONGEST_SECONDS * (1 + len(tests) / 5)) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        # Without its guard, a test may leave processes.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def problem_of(guard: Guard, folder: Path) -> str:
    """Take a guard out, and return what is wrong; nothing if its test fails."""
    path = folder / guard.file
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(guard.taken_out(text), encoding="utf-8")
        return f"{guard.test} passes without it" if passes(folder, guard.test) else ""
    except (ValueError, SyntaxError) as error:
        return str(error)
    finally:
        path.write_text(text, encoding="utf-8")


def table(guards: list[Guard]) -> str:
    """Return the page's part on guards."""
    rows = []
    for one in guards:
        file, _, test = one.test.partition("::")
        rows.append(f"| {one.fault} | {one.then} | `{test.partition('[')[0]}` in `{file}` |")
    return "\n".join(
        [
            f"Each of {len(guards)} guards was taken out in turn; the test beside it failed (`make guards`).",
            "",
            "| what happens | what would come of it without the guard | the test that failed |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    """Take every guard out, and say which test does not notice."""
    every = [Guard(**one) for one in tomllib.loads(LIST.read_text(encoding="utf-8"))["guard"]]
    words = sys.argv[1:]
    guards = [one for one in every if not words or any(word in one.fault for word in words)]
    with tempfile.TemporaryDirectory() as name:
        folder = copied(Path(name).resolve())
        compileall.compile_dir(folder, quiet=1)
        problems = 0
        if not passes(folder, *sorted({one.test for one in guards})):
            sys.exit("a test fails with every guard in place")
        for one in guards:
            problem = problem_of(one, folder)
            problems += bool(problem)
            print(f"{one.fault}: {problem or 'a test fails without its guard'}", flush=True)
    if problems:
        sys.exit(f"{problems} of {len(guards)} guards are not held by their test")
    if not words:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}{table(guards)}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
