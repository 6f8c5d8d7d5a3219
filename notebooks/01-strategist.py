# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Strategist: what would another policy do, and for whom?
#
# NHS Cambridgeshire's scheme, `scenarios/cambridgeshire-2010.toml`: seven clusters, three years. Practices
# keep 10% of a surplus. Should they keep more, should the bond be bigger, how much of what they are paid
# is luck? Every policy below is settled on the same simulated demand, so that a difference is the policy's.

# %%
from pathlib import Path

import simulator
from simulator.simulation.draws import Draws

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = simulator.load_scenario(scenarios / "cambridgeshire-2010.toml")
contracts = 5_000

# %% [markdown]
# ## Four policies
#
# What practices gain net of their bonds, and what the PCT has against its plan, on average and in one
# contract in twenty; and how far each is from the scheme as it is (with a much smaller error).

# %%
policies = simulator.sweep(
    scenario,
    {"rules.surplus.practice_share": [0.1, 0.2], "rules.bond.share_of_annual_budget": [0.03, 0.06]},
    measures=["practice_net_gain_gbp", "pct_net_position_gbp", "pct_net_position_1_in_20_gbp"],
    clusters=["All clusters together"],
    draws=Draws(contracts),
)
policies.every_number().round(3)

# %% [markdown]
# ## Luck
#
# No cluster truly saves anything in this scenario, and yet practices are paid:

# %%
luck = simulator.luck(scenario, draws=Draws(contracts))
print(*luck.sentences(), sep="\n")

# %%
luck.frame("policies").round(3)

# %% [markdown]
# ## How big a bond would cover every overspend in nine contracts of ten?

# %%
answer = simulator.solve(
    scenario,
    "rules.bond.share_of_annual_budget",
    0.01,
    0.30,
    "bond_covers_probability >= 0.9",
    cluster="Granta",
    draws=Draws(contracts),
)
print(*answer.sentences(), sep="\n")
