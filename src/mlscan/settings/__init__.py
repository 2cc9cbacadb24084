"""What people say about a scan: reads and checks configuration. Values only; nothing that it reads is ever run."""

from mlscan.settings.loading import Loaded, load_file, read_repository
from mlscan.settings.schema import settings_schema

__all__ = ["Loaded", "load_file", "read_repository", "settings_schema"]
