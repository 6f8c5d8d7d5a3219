"""What a history says of the laws of demand and prices."""
