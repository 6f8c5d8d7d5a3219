"""The second part of the tab *Data*: where the year will end, given its first months."""

from __future__ import annotations

import shutil

from nicegui import ui
from nicegui.events import GenericEventArguments

from simulator.lab.fields import Words, button, files, problems_of_sending, problems_shown, tag
from simulator.lab.job_bar import JobBar
from simulator.lab.reader import Reader
from simulator.lab.tasks import ForecastTask, Told
from simulator.lab.templates import year_table
from simulator.lab.uploads import keep
from simulator.lab.views import answer_html


class YearSoFar:
    """What it shows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._scenario = reader.scenario
        self._folder = reader.folder / "year"
        with tag("section", "one-column", aria_label="The year so far"):
            Words("h2", "The year so far: are we on track?")
            Words(
                "p",
                "A table (CSV) of the year's first months, with columns month (such as 2010-04), cluster, "
                "line, spend_gbp, and count where it is known: all months from the first. It is read with the"
                " policy as it is now.",
            )
            with tag("div", "buttons"):
                button("Download a table to fill in", self._to_fill_in)
            files("Actual spend to date", reader.key, self._ask, accept=".csv")
            self._problems = tag("div", role="alert")
            self._job = JobBar(reader, "The forecast", self._tell)
            self._answer = ui.html("", sanitize=False)

    def show_scenario(self) -> None:
        """Forget the forecast of another scenario."""
        if self._scenario is not self._reader.scenario:
            self._scenario = self._reader.scenario
            self._answer.set_content("")

    def _ask(self, event: GenericEventArguments) -> None:
        reader = self._reader
        given = reader.lab.taken(reader.key)
        self._answer.set_content("")
        with problems_shown(self._problems, problems_of_sending(event)) as problems:
            if given and not problems:
                shutil.rmtree(self._folder, ignore_errors=True)
                (kept, *_) = keep(given, self._folder)
                self._job.start(ForecastTask(reader.varied(), reader.lab.draws, kept))

    def _to_fill_in(self) -> None:
        ui.download(year_table(self._reader.varied()).encode("utf-8-sig"), "spend-to-date.csv", "text/csv")

    def _tell(self, told: Told) -> None:
        self._answer.set_content(answer_html(told.json, told.tables))
