"""Proof beside the picture: does the heat depend on the model, and does the model depend on what the heat marks?

limits.py says when a check passes; removal.py takes the heat away; weights.py takes the model away; jitter.py disturbs
the record a little; agreement.py compares maps; check.py and sample.py put it together for a record and for a model.
"""
