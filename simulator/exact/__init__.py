"""Exact answers for one cluster and one year, beside the simulated ones."""
