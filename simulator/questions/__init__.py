"""Questions that users ask of a scenario: a room each, with what it asks, its answer and its command."""

QUESTIONS = {
    "bond": "Say how big a bond a cluster must post in SCENARIO, and what its bond and share are worth.",
    "explain": "Say what makes budget less spend vary in SCENARIO: what pooling can cure, and what it "
    "cannot.",
    "luck": "Say what practices of SCENARIO are paid for luck, and which true savings go unpaid.",
    "solve": "Find the value of a setting of SCENARIO that makes a measure of risk what it should be.",
    "sweep": "Say what many policies would do: every combination of the values that --vary gives to keys of "
    "SCENARIO, all on the same simulated contracts",
    "frontier": "Find the policies for SCENARIO that no other beats on both of two goals.",
    "compare": "Set SCENARIOS side by side: what differs between them, and what that does beyond chance.",
    "size": "Say how the risk of SCENARIO depends on the size of a cluster, and what pooling cures.",
    "shadow": "Say what years of budgets on paper are worth to SCENARIO before budgets are real.",
    "forecast": "Say where a year of SCENARIO will end, given its first months.",
    "fit": "Fit a scenario to HISTORY, what its clusters had before.",
    "worth": "Say what each action of SCENARIO is worth: alone, together, and for a pound spent on it.",
}
"""The register: `simulator.<name>` and `cluster-risk <name>` follow from it, in this order. Beside each name
how the help of its command begins, so that the list of commands need not import them all."""
