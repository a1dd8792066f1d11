"""From the bytes of a data file, whatever its format, to one table of texts."""
