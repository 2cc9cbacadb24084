"""How often mlscan says the same as careful readers: labels, comparison, figures. For maintainers; not installed."""
