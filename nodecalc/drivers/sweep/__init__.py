"""Sweeps: the product of any input axes, evaluated stage by stage on the few axes that each stage depends on.

ranges (what a user writes) -> axes -> request (the whole question, as JSON) -> plan (resolved figures) -> grid
(evaluation of any block) -> passes and reducers (streams) -> sweep (the answer) -> table (what files take of it).
"""
