"""Checks of markers, wells, plates and scores, and the evidence they rest on."""
