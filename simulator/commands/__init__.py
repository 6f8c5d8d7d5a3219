"""The commands of `cluster-risk`, one a file. They import heavy libraries only when they run."""

from simulator.commands.bond import bond
from simulator.commands.chart import chart
from simulator.commands.check import check
from simulator.commands.compare import compare
from simulator.commands.explain import explain
from simulator.commands.frontier import frontier
from simulator.commands.init import init
from simulator.commands.luck import luck
from simulator.commands.report import report
from simulator.commands.run import run
from simulator.commands.schema import schema
from simulator.commands.size import size
from simulator.commands.solve import solve
from simulator.commands.sweep import sweep
from simulator.commands.validate import validate

COMMANDS = (
    run,
    bond,
    explain,
    luck,
    solve,
    sweep,
    frontier,
    compare,
    size,
    chart,
    report,
    check,
    schema,
    init,
    validate,
)
"""The register of commands, in the order in which the help lists them."""
