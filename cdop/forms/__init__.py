"""The shape of what people type about child deaths; the rules are in the services."""
