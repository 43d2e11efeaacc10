"""Networks and classical models of single heart beats."""
