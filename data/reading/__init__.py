"""From a delimited text file to labelled arrays: columns, cells, participants, dataset."""
