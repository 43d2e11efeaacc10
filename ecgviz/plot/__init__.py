"""Figures: the ECG page, the evidence on it, findings and curves. Each function returns data; nothing is shown here."""
