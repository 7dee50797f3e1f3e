"""Pages of case reviews, cut by what people do."""
