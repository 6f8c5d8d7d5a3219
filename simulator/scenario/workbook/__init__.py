"""A workbook that is a scenario: what stands where in it, reading it and writing it."""
