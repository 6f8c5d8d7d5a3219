"""The command `schema`."""

from __future__ import annotations

import click


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from simulator.scenario.schema import ScenarioFile

    click.echo(json.dumps(ScenarioFile.model_json_schema(), indent=2))
