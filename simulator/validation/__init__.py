"""Published results, and what the simulator makes of them."""
