"""The commands of `cluster-risk`, one a file. They import heavy libraries only when they run."""

from simulator.commands.check import check
from simulator.commands.explain import explain
from simulator.commands.init import init
from simulator.commands.run import run
from simulator.commands.schema import schema
from simulator.commands.validate import validate

COMMANDS = (run, explain, check, schema, init, validate)
"""The register of commands, in the order in which the help lists them."""
