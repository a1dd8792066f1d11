"""Random-effects meta-analysis of published estimates, and priors for a new study from it."""
