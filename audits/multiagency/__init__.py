"""Multi-agency audits: the schedule, the cases, the returns of the agencies, what was found and what came of it."""
