"""Models, one file each: priors, estimands and the PyMC graph."""
