"""K-fold cross-validation: the forms of a model by how well they foretell participants left out together."""
