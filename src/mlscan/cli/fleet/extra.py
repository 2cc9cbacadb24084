"""What `mlscan fleet` needs beyond mlscan itself."""

from __future__ import annotations

from importlib.util import find_spec

from mlscan.types.errors import UsageError

_NEEDED = ("sqlalchemy", "alembic", "github", "gitlab")


def check_extra() -> None:
    """Raises UsageError where the extra `fleet` is not installed; nothing is imported."""
    if any(find_spec(name) is None for name in _NEEDED):
        raise UsageError("needs mlscan[fleet]: python -m pip install 'mlscan[fleet]'")
