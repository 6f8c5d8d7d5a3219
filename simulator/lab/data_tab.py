"""The tab *Data*: a reader's own scenario and tables, every problem with them, and what they say."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial

from nicegui import run, ui
from nicegui.events import GenericEventArguments

from simulator.errors import printable
from simulator.lab.fields import Words, button, files, focus, problems_of_sending, problems_shown, tag
from simulator.lab.history_to_fit import HistoryToFit
from simulator.lab.reader import Part, Reader
from simulator.lab.templates import as_workbook
from simulator.lab.uploads import LARGEST_BYTES, MOST_FILES, keep, scenario_of
from simulator.lab.views import folded, sentences_html, table_html
from simulator.lab.year_so_far import YearSoFar
from simulator.questions.check.answer import CheckAnswer
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import make_plan


class DataTab(Part):
    """What the tab shows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._found: Scenario | None = None
        self._folder = reader.folder / "scenario"
        with tag("section", "one-column", aria_label="Your own data"):
            Words("h2", "Your own data")
            Words(
                "p",
                "Take the scenario that you see as a workbook, fill in your own figures, and choose it here: "
                "every cell says what it takes. Or choose TOML with the tables (CSV) that it names. Or one "
                "table of practices for this scenario, with columns practice_code and list_size. Files stay "
                "on this machine; they are read, never run.",
            )
            with tag("div", "buttons"):
                button("Download this scenario as a workbook", self._to_workbook)
            label = f"Files: up to {MOST_FILES}, each up to {LARGEST_BYTES / 1e6:g} MB"
            files(label, reader.key, self._check, accept=".toml,.xlsx,.csv", several=True)
            self._problems = tag("div", role="alert")
            with tag("div", role="status"):
                self._said = Words("p", "", "told")
                self._said.props["tabindex"] = "-1"
            with tag("div", "buttons"):
                self._use = button("Use this scenario on all tabs", self._take, "main")
            self._preview = ui.html("", sanitize=False)
        self._use.set_visibility(False)
        self._parts = HistoryToFit(reader), YearSoFar(reader)

    def show_scenario(self) -> None:
        """Forget what was made of another scenario."""
        for one in self._parts:
            one.show_scenario()

    async def _to_workbook(self) -> None:
        """Give the scenario with the policy laid over it."""
        with problems_shown(self._problems):
            content = await run.io_bound(as_workbook, self._reader.varied())
            ui.download(content or b"", "scenario.xlsx", "application/octet-stream")

    async def _check(self, event: GenericEventArguments) -> None:
        """Check what has arrived, and show what it says or what is wrong with it."""
        given = self._reader.lab.taken(self._reader.key)
        self._found, preview = None, ""
        with problems_shown(self._problems, problems_of_sending(event)) as problems:
            if not problems and (found := await run.io_bound(partial(self._read, given))):
                preview, self._found = _preview(found), found
        names = ", ".join(map(printable, given))
        self._said.set_text(f"Read without a problem: {names}." if self._found else f"Not used: {names}.")
        self._use.set_visibility(self._found is not None)
        self._preview.set_content(preview)

    def _read(self, given: Mapping[str, bytes]) -> Scenario:
        shutil.rmtree(self._folder, ignore_errors=True)
        return scenario_of(keep(given, self._folder), self._reader.scenario)

    def _take(self) -> None:
        if self._found is not None:
            self._reader.use(self._found)
            self._said.set_text("All tabs show this scenario now.")
            # The button goes: its reader goes on where it says what has come of it.
            self._use.set_visibility(False)
            focus(self._said)


def _preview(found: Scenario) -> str:
    """Return what `check` says of a scenario, as HTML."""
    answer = CheckAnswer(found, make_plan(found), found.source)
    inside = sentences_html(answer.sentences()) + "".join(map(table_html, answer.tables()))
    return folded("What it says, before any chance", inside)
