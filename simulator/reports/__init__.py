"""Reports: a result in, text or files out. No simulation here."""
