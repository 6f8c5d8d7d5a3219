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
# # Analyst: figures for a prospectus
#
# A figure that goes to print must be right, must say how sure it is, and must be found again by somebody
# else. The whole annex is one command: `cluster-risk report scenarios/cambridgeshire-2010.toml --out
# annex`. Here is how to make one chart or one table, and how to check a number without chance.

# %%
from pathlib import Path

import simulator
import simulator.charts
from simulator.charts.study import Study
from simulator.simulation.draws import Draws

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = simulator.load_scenario(scenarios / "cambridgeshire-2010.toml")
study = Study(simulator.simulate(scenario, Draws(contracts=5_000, seed=1)))

# %% [markdown]
# ## 1. How likely is an overspend?
#
# *Look for* the title: it says the finding. The line below says whose figures these are, and the seed
# that makes them again.

# %%
simulator.charts.draw(study, "overspend")

# %% [markdown]
# *Seen:* every cluster's chance is about two in three, from 65.8% in Granta to 67.8% in Isle of Ely.
# These differ by less than their errors (1.3%): do not rank them in print. What is beyond chance is the
# rise from 64.5% in the first year to 70.3% in the third.

# %% [markdown]
# ## 2. Where does each pound of a surplus go?
#
# *Look for* the order of the parts: the rules take them one after the other.

# %%
simulator.charts.draw(study, "surplus-split")

# %% [markdown]
# *Seen:* of a pound, practices keep 10p, the PCT's pool has 36p and 54p is reinvested in care. That is
# not two and three fifths: the practices' part comes off first.
#
# `.save("surplus-split.svg")` on a chart writes it, for a column, a page or a slide.

# %% [markdown]
# ## 3. Is the number right?
#
# The chance of an overspend in the first year, simulated, with the ends of its 95% interval. Here every
# figure is taken as known, so that it can be held against the exact method. *Look for* the exact chance:
# does it lie within the interval?

# %%
known = scenario.vary("doubt.carried=false")
column = "overspend_probability_year_1"
simulated = simulator.simulate(known).summary().loc[["Granta"], [column, f"{column}_low", f"{column}_high"]]
simulated.set_axis(["simulated", "from", "to"], axis="columns").map("{:.1%}".format)

# %%
exact = simulator.exact_risk(known, "Granta").frame().loc[[("Granta", "2010/11")], ["overspend_probability"]]
exact.set_axis(["exact"], axis="columns").map("{:.2%}".format)

# %% [markdown]
# *Seen:* 61.8% was simulated, and the exact chance of 61.41% lies between 60.8% and 62.7%. Four times as
# many contracts would halve that interval.
