"""A scenario made ready, drawn, settled and kept."""
