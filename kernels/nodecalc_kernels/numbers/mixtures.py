"""Stand-in until the other branch lands."""

from __future__ import annotations
from math import log, exp, sqrt
from bisect import bisect_right


def _cdf(x, v, lo, hi):
    if x < lo:
        return 0.0
    if x >= hi:
        return 1.0
    if x <= v:
        r = (x - lo) / (v - lo) if v > lo else 1.0
        return 0.5 * r * r
    r = (hi - x) / (hi - v) if hi > v else 0.0
    return 1 - 0.5 * r * r


class Mixture:
    def __init__(self, pieces):
        t = sum(p[0] for p in pieces)
        self.pieces = [(w / t, log(a), log(b), log(c)) for w, a, b, c in pieces]
        self.xs = sorted({x for p in self.pieces for x in p[1:]})
        self.fs = [self._F(x) for x in self.xs]

    def _F(self, x):
        return sum(w * _cdf(x, v, a, c) for w, a, v, c in self.pieces)

    def cdf(self, x):
        return self._F(log(x))

    def quantile(self, u):
        if u <= 0:
            return exp(self.xs[0])
        if u >= 1:
            return exp(self.xs[-1])
        i = 0
        while i < len(self.fs) and self.fs[i] < u:
            i += 1
        lo, hi = self.xs[max(i - 1, 0)], self.xs[min(i, len(self.xs) - 1)]
        for _ in range(60):
            m = 0.5 * (lo + hi)
            if self._F(m) < u:
                lo = m
            else:
                hi = m
        return exp(0.5 * (lo + hi))

    @property
    def median(self):
        return self.quantile(0.5)
