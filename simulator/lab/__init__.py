"""What would another policy do? The lab: a page on this machine, and what it asks of the engine."""
