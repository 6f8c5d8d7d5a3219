"""The command `validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.answers.command import out_option, replace_option
from simulator.answers.workers_options import workers_option

if TYPE_CHECKING:
    from simulator.execution.blocks import Workers


@click.command()
@click.option("--section", "sections", type=click.IntRange(1, 5), multiple=True, help="Only this section.")
@workers_option
@out_option
@replace_option
@click.pass_context
def validate(
    ctx: click.Context, sections: tuple[int, ...], workers: Workers, out: Path | None, replace: bool
) -> None:
    """Hold the simulator against published results, and say what does not fit and why.

    1 exact laws, 2 risk by population size, 3 what really happened, 4 closed forms for the rules,
    5 published outturns of Medicare groups.
    The exit code is 1 if a number fails without a documented reason.
    """
    from simulator.answers.files import check_out
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.validation.published import load_published
    from simulator.validation.report import SECTIONS, print_validation, write_checks
    from simulator.validation.report import validate as run_validation

    if out:
        check_out(out, replace=replace)
    wanted = [one for one in load_published() if one.section in (sections or SECTIONS)]
    with progress_bar(len(wanted), "published numbers") as show:
        checks = run_validation(wanted, sections or tuple(SECTIONS), show, workers)
    print_validation(checks, Printer())
    if out:
        write_checks(checks, out, replace=replace)
    if not all(check.is_accepted for check in checks):
        ctx.exit(1)
