"""Returns: what agencies answer, what the panel says, and what is learned across them."""
