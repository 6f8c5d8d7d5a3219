"""The command `lab`."""

from __future__ import annotations

import click

from simulator.answers.command import seed_option


@click.command()
@click.argument("scenario", required=False)
@click.option(
    "--port", type=int, default=8765, show_default=True, help="Of the page; 0 for any that is free."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. Others than this machine's own need the token that is printed.",
)
@click.option("--no-browser", is_flag=True, help="Print the address, and open no page.")
@click.option("--contracts", type=int, default=5_000, show_default=True, help="Simulated contracts.")
@seed_option
def lab(
    scenario: str | None, port: int, host: str, no_browser: bool, contracts: int, seed: int | None
) -> None:
    """Open a page on this machine to try policies on SCENARIO, with sliders.

    Without SCENARIO, on Cambridgeshire in 2010, which `init --flagship` writes. The page shows the figures
    of the command for the same contracts and seed, offers the regimes in the folder `regimes` beside the
    scenario, and asks nothing of any other machine. Its JSON API is at /api.
    """
    import os
    from contextlib import ExitStack, suppress
    from pathlib import Path

    from simulator.errors import Problems, printable
    from simulator.lab.lab import check_size, open_lab
    from simulator.scenario.scenario import load_scenario
    from simulator.scenario.start import EXAMPLES, FLAGSHIP_FILES
    from simulator.simulation.draws import Draws

    try:
        from simulator.lab.server import listen, serve
    except ModuleNotFoundError as missing:
        raise click.ClickException(f"the lab needs {missing.name}: install cluster-risk[lab]") from None

    # Of the processes that work on jobs: one each, however many there are.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with ExitStack() as stack, suppress(KeyboardInterrupt):
        path = Path(scenario) if scenario is not None else EXAMPLES / FLAGSHIP_FILES[0]
        draws, problems = Draws(contracts, seed), Problems()
        with problems.noted():
            loaded = load_scenario(path)
            check_size(loaded, draws)
        with problems.noted():
            listening = stack.enter_context(listen(host, port))
        problems.report()
        opened = stack.enter_context(open_lab(loaded, draws))

        def told(address: str) -> None:
            click.echo(f"{printable(loaded.source)}: {loaded.settings.title}", err=True)
            click.echo(f"lab: {address}")
            click.echo("stop it with Ctrl-C", err=True)

        serve(opened, listening, told, with_browser=not no_browser)
