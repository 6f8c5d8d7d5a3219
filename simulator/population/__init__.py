"""Population: who the budgets are for, and how much need they have."""
