"""Fitting: what a history tells of rates, growth, prices and shocks, and what it leaves unknown."""
