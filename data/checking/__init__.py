"""Evidence for the checks of the markers: positive readings, scale, repeated low values."""
