"""What the joint model is built from: its outcomes, the layers over the true scores, and what is derived from them."""
