"""Networks that look at pictures of ECG pages."""
