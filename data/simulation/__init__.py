"""The simulated exercise trial: its settings, participants, study file and truth."""
