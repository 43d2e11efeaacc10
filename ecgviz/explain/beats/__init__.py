"""Evidence on a single beat."""
