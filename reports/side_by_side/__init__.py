"""Several runs side by side, as a page with its tables and figures."""
