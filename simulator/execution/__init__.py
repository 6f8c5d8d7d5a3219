"""Execution: independent blocks of work, in this process or several. Knows nothing of health care."""
