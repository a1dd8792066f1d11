"""Marker and score over many visits as one normal vector."""
