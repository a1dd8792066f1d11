"""From a data file to labelled arrays: columns, cells, participants, dataset."""
