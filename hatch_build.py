"""Build hook: puts the compiled form of the content into the wheel, so that the first run is as quick as the next."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileContent(BuildHookInterface[Any]):
    """Loads and checks all detectors and rules; a broken one fails the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds `mlscan/_content/compiled.msgpack` to a wheel; editable installs use the user's cache."""
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from mlscan.content import compiled, load_content
        from mlscan.content.load import to_compiled

        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / compiled.NAME
        compiled.write(path, to_compiled(load_content()))
        build_data["force_include"][str(path)] = f"mlscan/_content/{compiled.NAME}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Removes the temporary folder."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()
