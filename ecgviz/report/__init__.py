"""An ECG on paper, to print and to keep."""
