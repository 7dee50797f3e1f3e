"""The shape of what people type about training; the rules are in the services."""
