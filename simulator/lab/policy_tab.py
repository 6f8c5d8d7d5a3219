"""The tab *Policy*: rules to change, and what they do to everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from nicegui import ui
from nicegui.elements.html import Html

from simulator.lab.controls import Control, controls_of, rules_to_add
from simulator.lab.desk import LETTERS
from simulator.lab.fields import Chooser, Words, button, field, focus, show_problems, tag
from simulator.lab.policy import Policy
from simulator.lab.reader import Part, Reader
from simulator.lab.take_away import TakeAway
from simulator.lab.verdict import verdict
from simulator.lab.views import HEADLINE, MARKS, by_cluster, charts, figures, legend, table_html, together
from simulator.plain_words import spaced
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.scenario import Scenario

_AS_GIVEN, _EVERYBODY = "as given", "*"
_CHARTS = 5


class PolicyTab(Part):
    """What the tab shows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._cluster = _EVERYBODY  # whose choices are shown
        with tag("div", "bench"):
            with tag("section", "controls", aria_label="Change the policy"):
                self._heading = Words("h2", "Change the policy")
                self._heading.props["tabindex"] = "-1"
                Words("p", "Change a rule, and see what it does to everybody, against the scenario as given.")
                with tag("div", "buttons"):
                    self._undo = button("Undo", reader.undo)
                    button("Back to as given", lambda: self._change(Policy(), anew=True))
                    self._second = button("", self._side_by_side)
                self._which = Chooser("The controls change", self._turn_to)
                self._regime = Chooser("Regime", self._lay)
                self._rules = tag("div")
                with tag("fieldset"):
                    Words("legend", "Clusters' choices")
                    self._whose = Chooser("Whose choices", self._look_at)
                    self._choices = tag("div")
                self._more = tag("details")
            with tag("div", "beside"):
                self._build_results()

    def _build_results(self) -> None:
        with tag("section", "first", aria_label="What the policy does, in short"):
            Words("h2", "What it does")
            self._problems = tag("div", role="alert")
            self._said = ui.html("", sanitize=False)
        with tag("section", "results", aria_label="What the policy does"):
            with tag("div", role="status"):
                self._verdict = ui.html("", sanitize=False)
            self._key = ui.html("", sanitize=False)
            with tag("div", "pictures"):
                self._charts = [_figure() for _ in range(_CHARTS)]
            self._tables = ui.html("", sanitize=False)
            Words("p", MARKS, "note")
            self._take_away = TakeAway(self._reader)

    def show_scenario(self) -> None:
        """Show what can be changed, as the policy has it now."""
        desk = self._reader.desk
        several, regimes = len(desk.policies) > 1, self._reader.lab.regimes
        self._second.set_text("Close the second policy" if several else "Set a second policy beside it")
        letters = {str(at): f"policy {letter}" for at, letter in enumerate(LETTERS)}
        self._which.show(letters if several else {}, str(desk.at))
        names = {_AS_GIVEN: "The scenario's own"} | {name: one.title for name, one in regimes.items()}
        laid = desk.policy.regimes
        self._regime.show(names if regimes else {}, laid[0] if laid else _AS_GIVEN)
        scenario = self._reader.varied()
        found = controls_of(scenario)
        given = {one.key: one.value for one in controls_of(self._reader.scenario)}
        clusters = {one.name for one in scenario.settings.clusters}
        self._rules.clear()
        with self._rules:
            for group, several_of in groupby(found, lambda one: one.group):
                if group not in clusters:
                    self._show_group(group, tuple(several_of), given)
        self._show_choices(scenario, found, given)
        self._more.clear()
        with self._more:
            Words("summary", "Add a rule")
            for name, settings in rules_to_add(scenario).items():
                self._offer(name, settings)

    def show(self) -> None:
        """Show what the policies do."""
        reader = self._reader
        show_problems(self._problems, reader.problems)
        self._undo.props["aria-disabled"] = "false" if reader.history.can_undo else "true"
        self._undo.update()
        looks, look = reader.looks, reader.look
        if look is None:
            return
        self._said.set_content(figures(look, ALL_CLUSTERS, HEADLINE))
        self._verdict.set_content(verdict(look, reader.desk.name))
        self._key.set_content(legend(looks))
        for (caption, picture), (title, drawn) in zip(self._charts, charts(looks), strict=True):
            caption.set_text(title)
            picture.set_content(drawn)
        endings = [""] if len(looks) == 2 else [f": policy {letter}" for letter in LETTERS]
        tables = [table_html(together(looks))] + [
            table_html(by_cluster(look), caption=f"By cluster{ending}", changes_below=True)
            for look, ending in zip(looks[1:], endings, strict=True)
        ]
        self._tables.set_content("".join(tables))
        self._take_away.show()

    def _show_group(self, group: str, several: Sequence[Control], given: Mapping[str, object]) -> None:
        """Show the settings of a rule: those that it has, and below them those that it could have."""
        usual = [one for one in several if one.value is not None]
        others = [one for one in several if one.value is None]
        with tag("fieldset"):
            Words("legend", group)
            for one in usual:
                field(one, given.get(one.key, one.value), self._set)
            if others:
                with tag("details"):
                    Words("summary", f"{group}: more settings")
                    for one in others:
                        field(one, None, self._set)

    def _show_choices(
        self, scenario: Scenario, found: Sequence[Control], given: Mapping[str, object]
    ) -> None:
        """Show what clusters choose: one of them at a time, or all alike."""
        names = {_EVERYBODY: "All clusters alike"}
        names |= {one.name: one.name for one in scenario.settings.clusters}
        self._cluster = self._cluster if self._cluster in names else _EVERYBODY
        alike = self._cluster == _EVERYBODY
        whose = scenario.settings.clusters[0].name if alike else self._cluster
        self._whose.show(names, self._cluster)
        self._choices.clear()
        with self._choices:
            for one in (one for one in found if one.group == whose):
                key = f"clusters.{_EVERYBODY}.{one.key.rpartition('.')[2]}" if alike else one.key
                field(replace(one, key=key), given.get(one.key, one.value), self._set)

    def _offer(self, name: str, settings: Sequence[str]) -> None:
        button(f"Add: {spaced(name)}", lambda: self._add(settings), "plain")

    def _side_by_side(self) -> None:
        self._reader.change(self._reader.desk.side_by_side(), anew=True)

    def _turn_to(self, at: str) -> None:
        self._reader.change(replace(self._reader.desk, at=int(at)), anew=True)

    def _look_at(self, name: str) -> None:
        self._cluster = name
        self.show_scenario()

    def _lay(self, name: str) -> None:
        regimes = () if name == _AS_GIVEN else (name,)
        self._change(Policy(self._reader.desk.policy.settings, regimes), anew=True)

    def _add(self, settings: Sequence[str]) -> None:
        policy = self._reader.desk.policy
        for one in settings:
            key, _, value = one.partition("=")
            policy = policy.having(key, value)
        self._change(policy, anew=True)
        focus(self._heading)

    def _set(self, key: str, value: str | None) -> None:
        self._change(self._reader.desk.policy.having(key, value))

    def _change(self, policy: Policy, *, anew: bool = False) -> None:
        self._reader.change(self._reader.desk.changed(policy), anew=anew)


def _figure() -> tuple[Words, Html]:
    with tag("figure", "picture"):
        return Words("figcaption", ""), ui.html("", sanitize=False)
