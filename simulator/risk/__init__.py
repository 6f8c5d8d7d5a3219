"""Risk: numbers with their sampling error."""
