"""The simulated exercise trial, and studies that are planned: their participants, study file and truth."""
