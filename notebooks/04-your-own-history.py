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

# %% [markdown]
# # Your own history: what do three years tell, and what does the rest cost?
#
# A cluster that knows its own past can bet on it, but three years are few. This notebook fits the model
# to a history, says what was learned and what was not, and prices what is not known in pounds of bond.
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
# ## 1. What does the history tell, in words?
#
# *Look for* what is known well, and what is known badly.

# %%
print(*fitted.sentences(), sep="\n\n")

# %% [markdown]
# *Seen:* rates are known to 10.2% either way, and growth to 4.0 points a year. Levels and seasons are
# told well, growth and shocks badly: and a bond rests on those.

# %% [markdown]
# ## 2. What was learned of shocks?
#
# *Look for* bars that are hardly narrower after the history than before it.

# %%
FIT_CHARTS["learned"](fitted)

# %% [markdown]
# *Seen:* of 14 figures of shocks, history settles half or more of what there is to know of 7. What it
# cannot tell stays as wide as it was believed before.

# %% [markdown]
# ## 3. What comes next?
#
# *Look for* how fast the band widens: that is growth that is not known, year upon year.

# %%
FIT_CHARTS["fan"](fitted)

# %% [markdown]
# *Seen:* a year on, the ranges reach 10% either side. Three years on, prescribing may be anything from
# 93% to 135% of 2012: growth that is not known adds up.

# %% [markdown]
# ## 4. What does it cost not to know?
#
# The bond needed with what is not known carried along, and then with every fitted figure taken as
# certain. The random numbers are the same: the difference is the price of a short history. *Look for* the
# whole contract.

# %%
folder = Path(tempfile.mkdtemp())
path, *_ = fitted.save(folder / "mine.toml")
mine = simulator.load_scenario(path)
draws = Draws(contracts=2_000)
simulator.bond(mine, draws=draws).table()

# %%
simulator.bond(mine.vary("fit.carry_uncertainty=false"), draws=draws).table()

# %% [markdown]
# *Seen:* Riverside needs £7.8m to be 95% sure with what three years leave open, and £4.4m if the fit were
# certain. The difference is what a longer history would be worth.
