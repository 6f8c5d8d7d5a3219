"""The list of commands says of each what its own help says, though it imports none."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from simulator.cli import commands

CONTEXT = click.Context(commands)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_list_begins_as_the_help_of_each_does(width: int):
    listed, meant = click.HelpFormatter(width=width), click.HelpFormatter(width=width)
    commands.format_commands(CONTEXT, listed)
    click.Group.format_commands(commands, CONTEXT, meant)
    assert listed.getvalue() == meant.getvalue()
    assert "Simulate SCENARIO" in listed.getvalue()


def test_the_list_imports_no_command():
    code = (
        "import sys; from click.testing import CliRunner; from simulator.cli import commands; "
        "print(CliRunner().invoke(commands, '--help').output); "
        "print('imported:', *(name for name in sys.modules if name.endswith('command')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "validate" in done.stdout
    assert done.stdout.splitlines()[-1] == "imported:"
