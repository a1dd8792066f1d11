"""What a Bayesian report must contain, after the field's checklists, and what this one says to each item."""
