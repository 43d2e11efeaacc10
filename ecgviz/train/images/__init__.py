"""Training of page classifiers."""
