"""What every question shares: tables, sentences and notes; how they are printed and written; its command."""
