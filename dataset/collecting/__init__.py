"""Collecting a quarter: what each agency owes, what it typed, what looks wrong, who is reminded."""
