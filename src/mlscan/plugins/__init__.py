"""mlscan's own code detectors, registered as any plug-in is: by entry points in `pyproject.toml`."""
