"""What the models are built from: prior families, design columns, paired likelihoods, the contract."""
