"""What a shell offers at the tab key: files, and clusters, measures and keys of the scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class _Offered(click.types.StringParamType):
    """Text for which a shell has suggestions; any other is taken, too."""

    def offered(self, given: Mapping[str, Any]) -> Iterable[str]:
        """Return the suggestions; `given` is the scenario, which may be empty."""
        raise NotImplementedError

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return those suggestions that go on as what was typed begins."""
        from click.shell_completion import CompletionItem

        names = self.offered(_scenario_of(ctx))
        start = incomplete.casefold()
        return [CompletionItem(name) for name in names if name.casefold().startswith(start)]


class _Cluster(_Offered):
    def offered(self, given: Mapping[str, Any]) -> Iterable[str]:
        return [*(str(one.get("name")) for one in given.get("clusters", ())), "all"]


class _Measure(_Offered):
    def offered(self, given: Mapping[str, Any]) -> Iterable[str]:
        from simulator.risk.measures import columns

        return columns(given.get("contract", {}).get("years", 3))


class _Key(_Offered):
    def offered(self, given: Mapping[str, Any]) -> Iterable[str]:
        from simulator.scenario.known_keys import every_key

        return (f"{key}=" for key in every_key(given))


_FILE = click.Path()
_TYPES: dict[str, click.ParamType[Any]] = {
    **dict.fromkeys(("scenario", "scenarios", "regimes", "compare", "history"), _FILE),
    **dict.fromkeys(("cluster", "clusters"), _Cluster()),
    **dict.fromkeys(("measure", "measures", "minimise", "maximise"), _Measure()),
    **dict.fromkeys(("overrides", "vary"), _Key()),
}
"""The register: what a parameter of a command holds, by its name."""


def offer(command: click.Command) -> click.Command:
    """Let shells complete a command's parameters that hold plain text."""
    for parameter in command.params:
        if type(parameter.type) is click.types.StringParamType:
            parameter.type = _TYPES.get(parameter.name or "", parameter.type)
    return command


def _scenario_of(context: click.Context) -> Mapping[str, Any]:
    """Return the scenario that a command is given; an empty one where it cannot be read."""
    from simulator.scenario.files import read_toml
    from simulator.scenario.sheets import is_workbook
    from simulator.scenario.workbook.reading import read_workbook

    # While an option still waits for its value, click has not yet told arguments from it.
    named = context.params.get("scenario") or context.params.get("scenarios") or context.args or [""]
    path = Path(named if isinstance(named, str) else named[0])
    # Whatever is wrong with it, a shell is no place to say so.
    with suppress(Exception):
        return read_workbook(path).given if is_workbook(path) else read_toml(path.read_text("utf-8-sig"), "")
    return {}
