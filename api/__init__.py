"""Bayesian models of how a log-scaled biomarker and a symptom score change together."""

from importlib.metadata import version

__version__ = version("cochange")
