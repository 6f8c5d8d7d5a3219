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
# # Your own history: what do three years tell, and what does the rest cost?
#
# `scenarios/history-example` is synthetic: three years of four clusters by month. The same in commands:
# `cluster-risk init mine --from-history`, then what it prints.

# %%
import tempfile
from pathlib import Path

import simulator
from simulator.charts.fits import FIT_CHARTS
from simulator.simulation.draws import Draws

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
example = scenarios / "history-example"
scenario = simulator.load_scenario(example / "clusters.toml")
fitted = simulator.fit(scenario, example / "history.csv", example / "lists.csv")

# %% [markdown]
# ## In words

# %%
print(*fitted.sentences(), sep="\n\n")

# %% [markdown]
# ## What was learned of shocks, and what comes next

# %%
FIT_CHARTS["learned"](fitted)

# %%
FIT_CHARTS["fan"](fitted)

# %% [markdown]
# ## The bond, with what is not known and without
#
# The same random numbers in both: the difference is the price of a short history.

# %%
folder = Path(tempfile.mkdtemp())
path, *_ = fitted.save(folder / "mine.toml")
mine = simulator.load_scenario(path)
draws = Draws(2_000)
carried = simulator.bond(mine, draws=draws)
carried.frame().round(0)

# %%
simulator.bond(mine.vary("fit.carry_uncertainty=false"), draws=draws).frame().round(0)
