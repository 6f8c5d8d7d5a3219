"""What happened before: read, checked and tidied, as the fit needs it."""

from simulator.history.options import HistoryFiles, HistoryOptions
from simulator.history.read import read_history
from simulator.history.record import History

__all__ = ["History", "HistoryFiles", "HistoryOptions", "read_history"]
