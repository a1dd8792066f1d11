"""Parts of the growth model."""
