"""Section 11 returns, school audits, multi-agency audits."""
