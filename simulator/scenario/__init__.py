"""Scenario: everything that a simulation depends on, read from files and checked."""
