"""REDCap's data dictionary: what it says of the columns of an export, and what follows for their reading."""
