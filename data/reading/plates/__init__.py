"""From the sheet of a plate reader, as its program exports it, to one line a well and analyte."""
