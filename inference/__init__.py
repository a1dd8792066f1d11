"""Compiling, sampling, judging and storing fits."""
