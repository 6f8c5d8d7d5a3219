"""Questions that users ask of a scenario, one a file: each answers with numbers and their errors."""
