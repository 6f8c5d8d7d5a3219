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
# # Cluster: how big a bond must we post, and is the share worth it?
#
# Granta: three practices, 33,000 people, in `scenarios/cambridgeshire-2010.toml`. Which practices form the
# cluster is illustrative, and many figures are assumptions: the scenario says which.

# %%
from pathlib import Path

import simulator
import simulator.charts
from simulator.simulation.draws import Draws

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = simulator.load_scenario(scenarios / "cambridgeshire-2010.toml")
answer = simulator.bond(scenario, "Granta", draws=Draws(5_000))

# %% [markdown]
# ## In words

# %%
print(*answer.sentences(), sep="\n\n")

# %% [markdown]
# ## The bond that covers every overspend, with its 95% interval

# %%
answer.frame().round(0)

# %%
result = simulator.simulate(scenario, Draws(5_000))
simulator.charts.draw(result, "bond-cover", cluster="Granta")

# %% [markdown]
# ## Each practice's part

# %%
answer.frame("practices").round(0)

# %% [markdown]
# ## Why does it vary so much?
#
# What a larger cluster would cure (chance in counts and in unit costs), and what no cluster can cure alone:

# %%
variance = simulator.explain(scenario, draws=Draws(5_000)).of("Granta").every_number()
whole = variance[(variance["year"] == "whole contract") & (variance["line"] == "all lines")]
whole[["source", "share_of_variance", "share_of_variance_standard_error"]].round(3)
