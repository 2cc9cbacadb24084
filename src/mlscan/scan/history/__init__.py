"""The life of one repository: the same scan at many of its revisions, each file content looked at once.

`samples` chooses the revisions, `replay` judges them, `turns` finds the commits between two of them at which something
changed, `told` puts it together.
"""

from mlscan.scan.history.told import HistoryOptions, history_of

__all__ = ["HistoryOptions", "history_of"]
