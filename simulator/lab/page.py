"""The page: its frame and its tabs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import Request
from nicegui import ui

from simulator.lab.cluster_tab import ClusterTab
from simulator.lab.data_tab import DataTab
from simulator.lab.documents_tab import DocumentsTab
from simulator.lab.fields import Words, tag
from simulator.lab.lab import Lab
from simulator.lab.policy_tab import PolicyTab
from simulator.lab.reader import Part, Reader

_STYLE = Path(__file__).with_name("lab.css").read_text(encoding="utf-8")
_TABS: dict[str, tuple[str, Callable[[Reader], Part]]] = {
    "policy": ("Policy", PolicyTab),
    "cluster": ("My cluster", ClusterTab),
    "data": ("Data", DataTab),
    "documents": ("Documents", DocumentsTab),
}


def add_page(lab: Lab) -> None:
    """Add the page of a lab to the server."""

    @ui.page("/", title="Policy lab", language="en-GB")
    def index(request: Request) -> None:
        held = {name: request.query_params.getlist(name) for name in request.query_params}
        _build(Reader(lab, str(request.base_url), held))


def _build(reader: Reader) -> None:
    """Put the page together; figures follow."""
    ui.colors(primary="#1f5a8a")
    ui.add_head_html(f"<style>{_STYLE}</style>")
    skip = tag("a", "skip", href="#main")
    with skip:
        Words("span", "Skip to the policy")
    reader.parts.append(_Top(reader))
    with tag("div", "tabs"), ui.tabs(on_change=lambda event: reader.turn_to(str(event.value))) as tabs:
        found = {name: ui.tab(name, words) for name, (words, _) in _TABS.items()}
    tabs.props("no-caps align=left")
    reader.tabs = tabs
    with tag("div", id="main", tabindex="-1"):
        panels = ui.tab_panels(tabs, value=found[reader.tab], animated=False, keep_alive=True)
    with panels:
        for name, (_, kind) in _TABS.items():
            with ui.tab_panel(found[name]):
                reader.parts.append(kind(reader))
    reader.show_scenario()


class _Top(Part):
    """What stands above the tabs: which scenario this is."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        with tag("header", "top"):
            Words("p", "Policy lab", "brand")
            self._title = Words("h1", "")
            self._drawn = Words("p", "", "subtitle")

    def show_scenario(self) -> None:
        """Show the scenario's name, and how it was drawn."""
        drawn = self._reader.draws
        self._title.set_text(self._reader.scenario.settings.title)
        self._drawn.set_text(
            f"{drawn.contracts:,} simulated contracts, seed {drawn.seed}. Nothing leaves this machine."
        )
