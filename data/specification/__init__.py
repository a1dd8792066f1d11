"""What a study file may hold: its tables, its rules, and faults that name a line."""
