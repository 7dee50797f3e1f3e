"""Frameworks: what agencies are asked, as versioned data."""
