"""The words of mlscan as frozen types: what flows from a snapshot to a report, and what content is made of."""
