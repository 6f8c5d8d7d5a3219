"""The commands of `cluster-risk`, each in its room. They import heavy libraries only when they run."""

from simulator.questions import QUESTIONS

COMMANDS = {
    "run": "questions.run.command",
    **{name: f"questions.{name}.command" for name in QUESTIONS},
    "chart": "charts.command",
    "report": "documents.command",
    "check": "questions.check.command",
    "schema": "commands.schema",
    "init": "commands.init",
    "validate": "validation.command",
}
"""The register: where each command is, in the order in which the help lists them."""
