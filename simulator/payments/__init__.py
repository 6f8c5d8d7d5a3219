"""Payments: what hospitals are paid for the care that clusters' people use. No chance here."""
