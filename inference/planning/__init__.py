"""Assurance: the probability that a planned study ends with the decision it is made for."""
