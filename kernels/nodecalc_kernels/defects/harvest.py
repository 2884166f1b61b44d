"""Stand-in until the other branch lands."""

import math


def is_mixed(model):
    return model in ("poisson", "murphy", "rectangular", "exponential", "negative-binomial")


def _mix(m, alpha):
    if m == "poisson":
        return [(1.0, 1.0)]
    N = 200
    if m == "murphy":
        out = [
            ((i + 0.5) * 2 / N, (((i + 0.5) * 2 / N) if (i + 0.5) * 2 / N <= 1 else 2 - (i + 0.5) * 2 / N))
            for i in range(N)
        ]
    elif m == "rectangular":
        out = [((i + 0.5) * 2 / N, 1.0) for i in range(N)]
    else:
        a = 1.0 if m == "exponential" else alpha
        out = [
            ((i + 0.5) * 12 / 600, ((i + 0.5) * 12 / 600) ** (a - 1) * math.exp(-a * (i + 0.5) * 12 / 600))
            for i in range(600)
        ]
    s = sum(w for _, w in out)
    return [(l, w / s) for l, w in out]


def implied_faults(share, need, total, core_fraction, model, alpha):
    L = _mix(model, alpha)

    def f(x):
        mc, u, tot = x * core_fraction / total, x * (1 - core_fraction), 0
        for l, w in L:
            p = math.exp(-mc * l)
            q = -math.expm1(-mc * l)
            t = 0
            for j in range(need, total + 1):
                t += math.comb(total, j) * p**j * q ** (total - j)
            tot += w * math.exp(-u * l) * t
        return tot

    lo, hi = 1e-6, 1e3
    for _ in range(60):
        m = math.sqrt(lo * hi)
        if f(m) > share:
            lo = m
        else:
            hi = m
    return math.sqrt(lo * hi)
