"""One reader of the page: what they look at, worked out without keeping anybody else waiting."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from functools import partial

from nicegui import background_tasks, run, ui

from simulator.errors import InputError, Problem
from simulator.lab.desk import TABS, Desk, History
from simulator.lab.engine import AS_GIVEN, Engine, Look
from simulator.lab.lab import Lab
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import SettledDraws


class Part:
    """A part of the page; one that depends on neither shows nothing anew."""

    def show_scenario(self) -> None:
        """Show another scenario, or another policy than was just made here: all that can be changed."""

    def show(self) -> None:
        """Show what was worked out."""


class Reader:
    """What a reader looks at: a scenario, policies of it, and what these do."""

    def __init__(self, lab: Lab, address: str, held: Mapping[str, Sequence[str]]) -> None:
        self.lab = lab
        self.scenario = lab.scenario
        self.client = ui.context.client
        self.key = lab.admit()
        self.folder = lab.folder / "uploads" / self.key  # for files that the reader gives
        self.client.on_delete(self._leave)
        self.parts: list[Part] = []
        self.tabs: ui.tabs | None = None
        self.tab = next((one for one in held.get("tab", ()) if one in TABS), TABS[0])
        self.history = History()
        self.looks: tuple[Look, ...] = ()  # as given, and of each policy
        self.problems: tuple[Problem, ...] = ()
        self._address = address
        self._of_link: tuple[Problem, ...] = ()  # shown until something is changed
        self._is_drawing, self._is_stale = False, False
        try:
            self.history.desk = Desk.of(held)
        except InputError as error:
            self._of_link = error.problems

    @property
    def desk(self) -> Desk:
        """The state of the page."""
        return self.history.desk

    @property
    def engine(self) -> Engine:
        """What has drawn the page's scenario."""
        return self.lab.engine(self.scenario)

    @property
    def draws(self) -> SettledDraws:
        """How it was drawn."""
        return self.lab.draws.of(self.scenario)

    @property
    def link(self) -> str:
        """The address that holds all that the page shows."""
        query = self.desk.query(self.tab)
        return f"{self._address}?{query}" if query else self._address

    @property
    def look(self) -> Look | None:
        """What the policy does that the controls change; None before it is worked out."""
        at = 1 + self.desk.at
        return self.looks[at] if at < len(self.looks) else None

    def varied(self) -> Scenario:
        """Return the scenario with the policy that the controls change; as given where that cannot be."""
        try:
            return self.desk.policy.over(self.scenario, self.lab.regimes)
        except InputError:
            return self.scenario

    def show_scenario(self) -> None:
        """Show all anew."""
        for part in self.parts:
            part.show_scenario()
        self.redraw()

    def use(self, scenario: Scenario) -> None:
        """Go on with another scenario, as it is given."""
        self.scenario, self.looks, self.history = scenario, (), History()
        self.show_scenario()

    def change(self, desk: Desk, *, anew: bool = False) -> None:
        """Go to another state; `anew` where what can be changed is something else then."""
        self._of_link = ()
        self.history.go_to(desk)
        if anew:
            self.show_scenario()
        else:
            self.redraw()

    def undo(self) -> None:
        """Go back to the state before."""
        if self.history.undo():
            self.show_scenario()

    def turn_to(self, tab: str) -> None:
        """Show another tab, with what was changed on the one before."""
        self.tab = tab
        for part in self.parts:
            part.show_scenario()
        self._show()

    def open_tab(self, tab: str) -> None:
        """Turn to another tab, as if its sign had been pressed."""
        if self.tabs is not None:
            self.tabs.set_value(tab)
            ui.run_javascript("document.querySelector('.q-tab--active')?.focus(); scrollTo(0, 0)")

    def redraw(self) -> None:
        """Work out what the page shows; where that is being done, once more when it is done."""
        self._is_stale = True
        if not self._is_drawing:
            self._is_drawing = True
            background_tasks.create(self._redraw(), name="redraw")

    async def _redraw(self) -> None:
        try:
            while self._is_stale and not self.client.is_deleted:
                self._is_stale = False
                try:
                    self.looks = await run.io_bound(partial(looks_of, self.engine, self.desk)) or ()
                    self.problems = self._of_link
                except InputError as error:
                    self.problems = error.problems
                self._show()
        finally:
            self._is_drawing = False

    def _leave(self) -> None:
        """Forget what the reader has given."""
        self.lab.sent.pop(self.key, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _show(self) -> None:
        if self.client.is_deleted:
            return
        with self.client:
            for part in self.parts:
                part.show()
            ui.run_javascript(f"history.replaceState(history.state, '', {json.dumps(self.link)})")


def looks_of(engine: Engine, desk: Desk) -> tuple[Look, ...]:
    """Return what the scenario as given does, and each policy of a page."""
    return (engine.look(AS_GIVEN), *(engine.look(policy) for policy in desk.policies))
