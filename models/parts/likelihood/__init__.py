"""The density of several outcomes of a participant of which some are missing or beyond a limit."""
