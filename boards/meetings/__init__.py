"""Meetings of the board and its groups: planned, held, minuted (domain: "Meetings"). The doors of a room of its own."""
