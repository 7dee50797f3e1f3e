"""The pages of returns and audits, cut by noun."""
