"""The pages of the board, cut by noun."""
