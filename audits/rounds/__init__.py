"""Rounds: who is asked when, and who has not answered."""
