"""Simulation-based calibration: truths drawn from the prior, data drawn from them, and fits of those data."""
