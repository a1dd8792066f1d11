"""What the choice of the prior does to the answers of one model."""
