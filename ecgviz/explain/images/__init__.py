"""Evidence on a page."""
