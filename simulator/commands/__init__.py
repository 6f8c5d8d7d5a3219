"""The commands of `cluster-risk`, one a file. They import heavy libraries only when they run."""

from simulator.commands.check import check
from simulator.commands.init import init
from simulator.commands.run import run
from simulator.commands.schema import schema

COMMANDS = (run, check, schema, init)
"""The register of commands, in the order in which the help lists them."""
