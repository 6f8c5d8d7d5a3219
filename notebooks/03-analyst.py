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
# # Analyst: figures for a prospectus
#
# Charts and tables of `scenarios/cambridgeshire-2010.toml`, each with its error and source line. The whole
# annex in one command: `cluster-risk report scenarios/cambridgeshire-2010.toml --out annex`.

# %%
from pathlib import Path

import simulator
import simulator.charts
from simulator.simulation.draws import Draws

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = simulator.load_scenario(scenarios / "cambridgeshire-2010.toml")
result = simulator.simulate(scenario, Draws(5_000, 1))

# %% [markdown]
# ## How likely is an overspend?

# %%
simulator.charts.draw(result, "overspend")

# %% [markdown]
# ## Where does each pound of a surplus go?

# %%
simulator.charts.draw(result, "surplus-split")

# %% [markdown]
# ## The same numbers as a table, and checked without sampling error
#
# The chance of overspend in the first year: simulated, with its 95% interval, and exact. Both take every
# figure as known, as the exact method does.

# %%
known = scenario.vary("doubt.carried=false")
column = "overspend_probability_year_1"
simulated = simulator.simulate(known).summary()[[column, f"{column}_low", f"{column}_high"]]
simulated.loc[["Granta"]].round(3)

# %%
exact = simulator.exact_risk(known, "Granta").frame()
exact[["overspend_probability", "overspend_probability_low", "overspend_probability_high"]].round(5)
