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
# # What does a small cluster risk that a large one does not?
#
# Two clusters, three service lines, three years: `scenarios/two-clusters.toml`. Figures are
# assumptions; every estimate below stands beside its error.

# %%
from pathlib import Path

import simulator

scenarios = next(folder for folder in (Path("scenarios"), Path("../scenarios")) if folder.is_dir())
scenario = simulator.load_scenario(scenarios / "two-clusters.toml")
result = simulator.simulate(scenario, contracts=5_000, seed=1)

# %% [markdown]
# The chance of a large overspend, with its 95% interval:

# %%
summary = result.summary()
columns = [
    "large_overspend_probability",
    "large_overspend_probability_low",
    "large_overspend_probability_high",
]
print(summary[columns].round(3))

# %% [markdown]
# The bond that covers every overspend of the contract with 95% confidence, a head of list:

# %%
bonds = summary[["bond_needed_gbp", "bond_needed_gbp_low", "bond_needed_gbp_high"]]
print(bonds.div(summary["people"], axis=0).round(1))

# %% [markdown]
# Neither cluster truly saves anything in this scenario. So whatever practice share they earn is luck,
# and the small cluster is luckier for each person on its list:

# %%
share = ["practice_share_gbp_per_head", "practice_share_gbp_per_head_standard_error"]
print(summary[share].round(2))
