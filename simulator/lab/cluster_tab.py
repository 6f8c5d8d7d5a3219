"""The tab *My cluster*: its bond and its saving, what follows from them, and each practice's part."""

from __future__ import annotations

from dataclasses import replace

from nicegui import ui

from simulator.lab.controls import Kind, controls_of
from simulator.lab.fields import Chooser, Words, field, problems_shown, show_problems, tag
from simulator.lab.job_bar import JobBar
from simulator.lab.reader import Part, Reader
from simulator.lab.tasks import BondTask, Told
from simulator.lab.views import answer_html, figures

_KEYS = ("takes_share", "bond_gbp", "true_saving_share")
_FIGURES = {
    "Chance of an overspend": "overspend_probability",
    "Bond posted": "bond_posted_gbp",
    "The bond covers every overspend": "bond_covers_probability",
    "Bond needed to be 95% sure": "bond_needed_gbp",
    "Practice share": "practice_share_gbp",
    "Practices' net gain": "practice_net_gain_gbp",
}
_TABLES = ("sizes of bond", "bonds needed", "share and bond", "practices")
"""Of the answer to `bond`, what net gains come to by its size first."""
_WAIT_SECONDS = 0.7
"""A bond is worked out anew when its reader has stopped moving it for so long."""


class ClusterTab(Part):
    """What the tab shows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._has_bond = False  # whether the bond's slider knows what is posted
        self._told: BondTask | None = None  # what stands below
        with tag("div", "bench"):
            with tag("section", "controls", aria_label="Your cluster"):
                Words("h2", "Your cluster")
                self._whose = Chooser("Cluster", self._choose)
                self._fields = tag("div")
                Words("p", "What you change here changes the policy on the first tab too.", "note")
            with tag("section", "results", aria_label="What it means for the cluster"):
                Words("h2", "What it means")
                self._problems = tag("div", role="alert")
                self._figures = ui.html("", sanitize=False)
                Words("h3", "To read aloud")
                self._job = JobBar(reader, "The bond", self._tell, "")
                self._answer = ui.html("", sanitize=False)
        self._later = ui.timer(_WAIT_SECONDS, self._ask, active=False, once=False)

    @property
    def _name(self) -> str:
        names = [one.name for one in self._reader.scenario.settings.clusters]
        return self._reader.desk.cluster if self._reader.desk.cluster in names else names[0]

    def show_scenario(self) -> None:
        """Show the clusters, and what one of them can change."""
        names = [one.name for one in self._reader.scenario.settings.clusters]
        self._whose.show({name: name for name in names}, self._name)
        self._show_fields()

    def _show_fields(self) -> None:
        """Show what the cluster can change; its bond is what the rule says where it is left out."""
        look, given = self._reader.look, {one.key: one.value for one in controls_of(self._reader.scenario)}
        posted = look.paired(self._name, "bond_posted_gbp") if look else None
        self._has_bond = posted is not None
        self._fields.clear()
        with self._fields:
            for one in controls_of(self._reader.varied()):
                if one.group == self._name and one.key.rpartition(".")[2] in _KEYS:
                    usual = posted.estimate.value if posted and one.kind is Kind.GBP else None
                    field(replace(one, usual=usual), given.get(one.key, one.value), self._set)

    def show(self) -> None:
        """Show the cluster's figures, and have its bond worked out."""
        reader = self._reader
        show_problems(self._problems, reader.problems)
        if reader.look is not None:
            if not self._has_bond:
                self._show_fields()
            self._figures.set_content(figures(reader.look, self._name, _FIGURES))
        if reader.tab == "cluster" and not reader.problems:
            # From the last change on, not from the first.
            self._later.deactivate()
            self._later.activate()

    def _ask(self) -> None:
        self._later.deactivate()
        reader = self._reader
        task = BondTask(reader.varied(), reader.lab.draws, self._name)
        if self._told is not None and self._told == task:
            return
        with problems_shown(self._problems):
            self._job.start(task)
            self._told = task

    def _tell(self, told: Told) -> None:
        tables = {table.name: table for table in told.tables}
        shown = [tables[name] for name in _TABLES if name in tables]
        self._answer.set_content(answer_html(told.json, shown))

    def _choose(self, name: str) -> None:
        # What is said of another cluster would be read as this one's.
        self._answer.set_content("")
        self._reader.change(replace(self._reader.desk, cluster=name), anew=True)

    def _set(self, key: str, value: str | None) -> None:
        desk = self._reader.desk
        self._reader.change(desk.changed(desk.policy.having(key, value)))
