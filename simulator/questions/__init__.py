"""Questions that users ask of a scenario: a room each, with what it asks, its answer and its command."""

QUESTIONS = (
    *("bond", "explain", "luck", "solve", "sweep", "frontier"),
    *("compare", "size", "shadow", "forecast", "fit", "worth"),
)
"""The register: `simulator.<name>` and `cluster-risk <name>` follow from it, in this order."""
