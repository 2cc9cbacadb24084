"""What people say about a scan: reads and checks configuration. Values only; nothing that it reads is ever run."""

from mlscan.settings.loading import Loaded, load_file, read_repository
from mlscan.settings.policies import LoadedPolicy, load_policy
from mlscan.settings.schema import policy_schema, settings_schema

__all__ = [
    "Loaded",
    "LoadedPolicy",
    "load_file",
    "load_policy",
    "policy_schema",
    "read_repository",
    "settings_schema",
]
