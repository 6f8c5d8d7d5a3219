"""The second part of the tab *Data*: a scenario fitted to what its clusters had before."""

from __future__ import annotations

import shutil

from nicegui import run, ui
from nicegui.events import GenericEventArguments

from simulator.errors import Problem
from simulator.lab.fields import Words, button, files, problems_of_sending, problems_shown, show_problems, tag
from simulator.lab.fit_task import EVERYTHING, FITTED, FitTask
from simulator.lab.job_bar import JobBar
from simulator.lab.reader import Reader
from simulator.lab.tasks import Told
from simulator.lab.templates import history_table
from simulator.lab.uploads import keep, scenario_named
from simulator.lab.views import answer_html, folded

_READY = "{} is ready. Take it away with its draws and tables, for every command and for cluster-risk lab:"


class HistoryToFit:
    """What it shows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._scenario = reader.scenario
        self._folder = reader.folder / "history"
        with tag("section", "one-column", aria_label="History to fit"):
            Words("h2", "Your history: fit the scenario to it")
            Words(
                "p",
                "A table (CSV) of past months, a whole year at least and three to know growth, with "
                "columns month (such as 2010-04), practice or cluster, line, count and, where known, "
                "spend_gbp. Beside it, if you have it, one of registered people: quarter or month, "
                "practice or cluster, list_size. Rates, costs, growth and chance become your own, each "
                "with its interval.",
            )
            with tag("div", "buttons"):
                button("Download a first month to fill in", self._to_fill_in)
            files("History, and lists of people", reader.key, self._ask, accept=".csv", several=True)
            self._problems = tag("div", role="alert")
            self._job = JobBar(reader, "The fit", self._tell, _READY)
            with tag("div", "buttons") as self._buttons:
                button("Use the fitted scenario on all tabs", self._use, "main")
            self._answer = ui.html("", sanitize=False)
        self._buttons.set_visibility(False)

    def show_scenario(self) -> None:
        """Forget a fit of another scenario."""
        if self._scenario is not self._reader.scenario:
            self._scenario = self._reader.scenario
            self._forget()

    def _forget(self) -> None:
        self._buttons.set_visibility(False)
        self._answer.set_content("")

    def _ask(self, event: GenericEventArguments) -> None:
        reader = self._reader
        given = reader.lab.taken(reader.key)
        self._forget()
        with problems_shown(self._problems, problems_of_sending(event)) as problems:
            if given and not problems:
                shutil.rmtree(self._folder, ignore_errors=True)
                task = FitTask(reader.scenario, reader.lab.draws, keep(given, self._folder))
                self._job.start(task, [EVERYTHING])

    def _to_fill_in(self) -> None:
        ui.download(history_table(self._reader.scenario).encode("utf-8-sig"), "history.csv", "text/csv")

    def _tell(self, told: Told) -> None:
        self._answer.set_content(
            folded("What was fitted, and how far it may be off", answer_html(told.json, told.tables))
        )
        self._buttons.set_visibility(True)

    async def _use(self) -> None:
        """Go on with the fitted scenario, from a copy: the job's files go when others need their room."""
        if self._job.folder is None:
            return
        target = self._reader.folder / "fitted"
        shutil.rmtree(target, ignore_errors=True)
        try:
            shutil.copytree(self._job.folder, target)
            found = await run.io_bound(scenario_named, FITTED, target)
        except OSError as error:
            show_problems(
                self._problems, [Problem("the fit", "one that is kept still", str(error), "fit again")]
            )
            return
        if found is not None:
            self._reader.use(found)
