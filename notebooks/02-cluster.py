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
# # Cluster: how big a bond must we post, and is the share worth it?
#
# Granta has three practices and 33,000 people. It may keep 10% of what it saves if it posts a bond. Two
# questions follow: how big a bond, and is it worth it? Which practices form the cluster is illustrative,
# and many figures are assumptions: `scenarios/cambridgeshire-2010.toml` says which.
#
# Run a cell with Shift and Enter. Write another cluster's name for "Granta" and run all again.

# %%
from pathlib import Path

import simulator
import simulator.charts
from simulator.charts.study import Study
from simulator.simulation.draws import Draws

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = simulator.load_scenario(scenarios / "cambridgeshire-2010.toml")
draws = Draws(contracts=5_000)
cluster = "Granta"

# %% [markdown]
# ## 1. How big a bond?
#
# *Look for* the row of the whole contract, and how much the last steps of safety cost.

# %%
answer = simulator.bond(scenario, cluster, draws=draws)
answer.table("bonds needed")

# %% [markdown]
# *Seen:* £7.8m covers the whole contract with 95% certainty, and £10.7m with 99%. If the bond may be made
# up again at each review, £4.06m is enough. The first year alone needs £1.50m: risk grows with the years.
#
# How safe is any other bond? *Look for* the upright line of the bond that the scheme asks for, and where it
# meets the curve.

# %%
study = Study(simulator.simulate(scenario, draws))
simulator.charts.draw(study, "bond-cover", cluster=cluster)

# %% [markdown]
# *Seen:* the scheme's own bond is £1.166m. It covers 42.1% of contracts.

# %% [markdown]
# ## 2. Is the share worth it?
#
# First what practices may be paid. *Look for* how much lies right of the mean, and how often nothing is
# paid at all.

# %%
simulator.charts.draw(study, "practice-share", cluster=cluster)

# %% [markdown]
# *Seen:* £91k on average, all of it luck; in 45.6% of contracts nothing at all.
#
# *Look for* the net gain: what practices are paid, less what their bond loses. Then ask what would have
# to be true for it to be above nothing.

# %%
answer.table("share and bond")

# %% [markdown]
# *Seen:* not as the scheme stands. Practices may expect a share of £91k, and to lose £798k of their bond:
# £701k net. In 23.2% of contracts they are better off. They would have to save 4.98% of care before it
# paid.

# %% [markdown]
# ## 3. What is our practice's part?
#
# *Look for* your own row. Parts follow list size.

# %%
answer.table("practices")

# %% [markdown]
# *Seen:* the largest practice, with 13,800 of the 33,301 patients, may expect a share of £37.5k, and to
# lose £331k of its part of the bond.

# %% [markdown]
# ## 4. Why does it vary so much?
#
# *Look for* the bars of chance, which a larger cluster would cure, against those that no cluster can cure
# alone.

# %%
simulator.charts.draw(study, "variance", cluster=cluster)

# %% [markdown]
# *Seen:* chance in how many cases there are and in what a case costs is 1.04% and 1.29% of the variance: a
# larger cluster would hardly vary less. Half of it, 50.4%, is figures that nobody knows yet, growth above
# all.
#
# ## Next
#
# All of it in words, to be read aloud. *Look for* the sentence that your practices must hear first.

# %%
print(*answer.sentences(), sep="\n\n")
