"""How fast mlscan is beside the floor that git itself sets. For maintainers; not installed."""
