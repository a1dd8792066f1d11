"""What follows if those whose values are missing are different from those who were observed."""
