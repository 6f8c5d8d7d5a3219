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
# # Strategist: what would another policy do, and for whom?
#
# NHS Cambridgeshire's scheme of 2010: seven clusters, three years. Practices keep 10% of a surplus, and
# post a bond of 3% of a year's budget. Should they keep more? Should the bond be bigger? And how much of
# what they are paid is luck? The figures are those of `scenarios/cambridgeshire-2010.toml`, which says
# what each rests on.
#
# Run a cell with Shift and Enter. Change a number in it and run it again: nothing can break.

# %%
from pathlib import Path

import simulator
import simulator.charts
from simulator.charts.policies import draw_map
from simulator.charts.study import Study
from simulator.simulation.draws import Draws

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = simulator.load_scenario(scenarios / "cambridgeshire-2010.toml")
draws = Draws(contracts=5_000)

# %% [markdown]
# ## 1. What may the PCT lose?
#
# *Look for* the middle of the curve and its right-hand end: an average year hides a bad one.

# %%
study = Study(simulator.simulate(scenario, draws))
simulator.charts.draw(study, "exposure")

# %% [markdown]
# *Seen:* in one contract in two the PCT ends at least £7.0m better off than it planned. In one in twenty
# it loses £50m or more. Which of the two a board should plan for is the question behind every rule below.

# %% [markdown]
# ## 2. A bigger share, or a bigger bond?
#
# Four policies, settled on the same simulated demand, so that a difference is the policy's and not
# chance's. *Look for* the columns "change": a star marks what chance does not explain. What one party
# gains, who pays?

# %%
policies = simulator.sweep(
    scenario,
    {"rules.surplus.practice_share": [0.1, 0.2], "rules.bond.share_of_annual_budget": [0.03, 0.06]},
    measures=["practice_net_gain_gbp", "pct_net_position_gbp", "pct_net_position_1_in_20_gbp"],
    clusters=["All clusters together"],
    draws=draws,
)
policies.table()

# %% [markdown]
# *Seen:* a bond twice as big moves £6.58m from practices to the PCT, and makes its bad year £13.3m
# better. A share twice as big gives practices £0.96m more. Of that only £0.385m is the PCT's: the rest
# would have been reinvested in patient care.
#
# The bad year, drawn. *Look for* the direction in which the shade changes, and the one in which it hardly
# does.

# %%
draw_map(policies, "pct_net_position_1_in_20_gbp")

# %% [markdown]
# *Seen:* the bond moves the bad year from -£50m to -£36m. The share does next to nothing to it.

# %% [markdown]
# ## 3. How much of the practice share is luck?
#
# In this scenario no cluster truly saves anything. *Look for* what practices are paid all the same, and how
# far the lines reach.

# %%
simulator.charts.draw(study, "practice-share")

# %% [markdown]
# *Seen:* every pound is luck: £193k for Hunts Health on average. About half of the contracts pay it nothing,
# and one in twenty more than £950k.
#
# *Look for* the sum of all clusters, and how often each is paid something.

# %%
luck = simulator.luck(scenario, draws=draws)
luck.table("paid for luck")

# %% [markdown]
# *Seen:* nobody saved anything, and practices are paid £960k all the same: in 53.4% of contracts a
# cluster is paid something. A surplus may be nothing but a year with few patients.
#
# Could other rules pay less for luck? *Look for* the price: true savings that then go unpaid.

# %%
luck.table("policies")

# %% [markdown]
# *Seen:* a minimum savings rate on the excess alone cuts what luck earns by £613k. But clusters that
# truly save 2% lose £401k of what they earn, and in 54.0% of contracts they get nothing. No rule here
# cures luck for nothing.

# %% [markdown]
# ## 4. How big would bonds have to be?
#
# *Look for* the distance between the bond that the scheme asks for and the one that covers nineteen
# contracts in twenty.

# %%
simulator.charts.draw(study, "bond-cover")

# %% [markdown]
# *Seen:* every cluster posts a bond that covers about 42% of contracts. To cover 95%, Granta would need
# £7.8m against the £1.166m that it posts. A scheme that wants bonds to cover overspends must ask for far
# more of them, or take the risk itself.
#
# ## Next
#
# The same in commands: `cluster-risk sweep`, `luck`, `solve`, each with `--help`. What other schemes do
# to each party: `cluster-risk compare SCENARIO --with 'scenarios/regimes/*.toml'`.
