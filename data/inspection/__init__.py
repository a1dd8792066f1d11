"""A look at a study, or at a table before there is a study file: what is there, what stands out, what it may mean."""
