"""Training of beat classifiers on MIT-BIH."""
