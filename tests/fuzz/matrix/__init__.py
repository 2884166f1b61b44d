"""The whole program under damage, settings and limits: ``python -m tests.fuzz.matrix [cache|numba|limits|bits ...]``.

Each row is a state of the world that the program meets. It runs in processes of its own and must end well with the
bits that it has without, or say in one line why it cannot.
"""
