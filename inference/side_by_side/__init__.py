"""Several finished runs beside each other, read from what they stored."""
