"""A number of cases and what each costs: drawn, and without sampling error."""
