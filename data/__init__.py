"""Studies: their specification, reading, checking, auditing and simulation."""
