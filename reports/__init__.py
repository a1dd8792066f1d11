"""The posterior report, one section a file."""
