"""The tab *Data*: a reader's own scenario and tables, every problem with them, and what they say."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial

from nicegui import run, ui
from nicegui.events import GenericEventArguments

from simulator.errors import InputError, Problem, printable
from simulator.lab.fields import Words, button, show_problems, tag
from simulator.lab.reader import Reader
from simulator.lab.uploads import LARGEST_BYTES, MOST_FILES, keep, scenario_of
from simulator.lab.views import sentences_html, table_html
from simulator.questions.check.answer import CheckAnswer
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import make_plan

_SEND = """async (event) => {
    const form = new FormData();
    for (const file of event.target.files) form.append("files", file, file.name);
    try {
        const answer = await fetch("/upload/%s", {method: "POST", body: form});
        emit(answer.ok ? "" : await answer.text());
    } catch (error) {
        emit("files that can be sent");
    }
}"""
"""Sends what was chosen, and tells the page when it has arrived, or what must hold for it to."""


class DataTab:
    """What the tab shows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._found: Scenario | None = None
        self._folder = reader.lab.folder / "uploads" / reader.key
        with tag("section", "one-column", aria_label="Your own data"):
            Words("h2", "Your own data")
            Words(
                "p",
                "Choose a scenario (TOML) together with the tables (CSV) that it names, or one table of "
                "practices for the scenario as it is. Files stay on this machine; they are read, never run.",
            )
            words = Words("label", f"Files: up to {MOST_FILES}, each up to {LARGEST_BYTES / 1e6:g} MB")
            files = tag("input", "files", type="file", multiple=True, accept=".toml,.csv")
            words.props["for"] = files.html_id
            files.on("change", self._check, js_handler=_SEND % reader.key)
            self._problems = tag("div", role="alert")
            with tag("div", role="status"):
                self._said = Words("p", "")
            with tag("div", "buttons"):
                self._use = button("Use this scenario on all tabs", self._take, "main")
            self._preview = ui.html("", sanitize=False)
        self._use.set_visibility(False)
        reader.client.on_delete(self._forget)

    def show_scenario(self) -> None:
        """Nothing here depends on the scenario of now."""

    def show(self) -> None:
        """Nothing here depends on what was worked out."""

    async def _check(self, event: GenericEventArguments) -> None:
        """Check what has arrived, and show what it says or what is wrong with it."""
        given = self._reader.lab.taken(self._reader.key)
        self._found, preview = None, ""
        problems = [Problem("files", str(event.args), "others")] if event.args else []
        try:
            if not problems and (found := await run.io_bound(partial(self._read, given))):
                preview, self._found = _preview(found), found
        except InputError as error:
            problems += error.problems
        names = ", ".join(map(printable, given))
        self._said.set_text(f"Read without a problem: {names}." if self._found else f"Not used: {names}.")
        show_problems(self._problems, problems)
        self._use.set_visibility(self._found is not None)
        self._preview.set_content(preview)

    def _read(self, given: Mapping[str, bytes]) -> Scenario:
        self._forget()
        return scenario_of(keep(given, self._folder), self._reader.scenario)

    def _take(self) -> None:
        if self._found is not None:
            self._reader.use(self._found)
            self._said.set_text("The other tabs show this scenario now.")

    def _forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _preview(found: Scenario) -> str:
    """Return what `check` says of a scenario, as HTML."""
    answer = CheckAnswer(found, make_plan(found), found.source)
    return sentences_html(answer.sentences()) + "".join(map(table_html, answer.tables()))
