"""Many repositories: gathered from forges and folders, cloned, scanned, kept, and summed up."""
