/* The same cost of a good die with everything done by hand that the one formula allows: contenders for what the
 * machine can do, not a way to write a library.
 *
 * In both, the exponentials are one, the wafer's constants are taken out of the loop and the division by the cell's area
 * is a product with the wafer's. In `limit` no point is tested for its domain, exponential and logarithm are short
 * polynomials without a second part: good to some 1e-14, 73 units in the last place, for areas, densities and alpha of
 * real dies; elsewhere it returns anything. `careful` is as good as nodecalc, at every alpha, and nan, 0 or infinite
 * where the cost is: its logarithm has two parts, and no exponent is rounded. */

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
static const double LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;
static const double ROUNDER = 6755399441055744.0; /* 1.5 * 2^52: the low bits of a sum with it are a whole number */

/* e^x for |x| < 700: 2^n e^r with |r| <= ln(2)/2, the Taylor series of e^r in pairs. */
static inline double exp_inside(double x)
{
    double shifted = x * 1.4426950408889634 + ROUNDER, n = shifted - ROUNDER;
    double r = (x - n * LN2_HIGH) - n * LN2_LOW;
    double r2 = r * r, r4 = r2 * r2;
    double low = (1.0 + r) + r2 * (1.0 / 2 + r / 6), middle = (1.0 / 24 + r / 120) + r2 * (1.0 / 720 + r / 5040);
    double high = (1.0 / 40320 + r / 362880) + r2 * (1.0 / 3628800 + r / 39916800);
    int64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, sizeof scale);
    return scale * (low + r4 * (middle + r4 * high));
}

/* ln x for normal x > 0: with x = 2^k m and s = (m - 1)/(m + 1) it is k ln 2 + 2 atanh(s), |s| < 0.1716. */
static inline double log_inside(double x)
{
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t exponent = (bits - 0x3fe6a09e667f3bcdLL) >> 52; /* sqrt(1/2) is where one exponent ends */
    bits -= exponent << 52;
    double m, k;
    memcpy(&m, &bits, sizeof m);
    exponent += 0x4338000000000000LL;
    memcpy(&k, &exponent, sizeof k);
    k -= ROUNDER;
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, z2 = z * z;
    double odd = z * (2.0 / 3 + z2 * (2.0 / 7 + z2 * (2.0 / 11 + z2 * (2.0 / 15 + z2 * (2.0 / 19)))));
    double even = z2 * (2.0 / 5 + z2 * (2.0 / 9 + z2 * (2.0 / 13 + z2 * (2.0 / 17))));
    return k * LN2_HIGH + (s * (2.0 + odd + even) + k * LN2_LOW);
}

void limit(ptrdiff_t count, const double *restrict area, const double *restrict d0, const double *restrict alpha,
           const double *restrict price, double scribe, double diameter, double *restrict cost, int threads)
{
    const double cells = 4.0 / (PI * diameter * diameter), edge = 2.32 / diameter;
#pragma omp parallel for simd schedule(static) num_threads(threads)
    for (ptrdiff_t i = 0; i < count; i++) {
        double pitch = sqrt(area[i]) + scribe;
        double exponent = edge * pitch + alpha[i] * log_inside(1.0 + area[i] * 0.01 * d0[i] / alpha[i]);
        cost[i] = price[i] * cells * pitch * pitch * exp_inside(exponent);
    }
}

static inline double lesser(double a, double b) { return a < b ? a : b; }

void careful(ptrdiff_t count, const double *restrict area, const double *restrict d0, const double *restrict alpha,
             const double *restrict price, double scribe, double diameter, double *restrict cost, int threads)
{
    const double one = 0x1p-66, log2_e = 1.4426950408889634;
    const double cells = 4.0 / (PI * diameter * diameter) * 0x1p64, edge = 2.32 / diameter * log2_e;
    const double wafer = diameter > 0.0 ? lesser(2000.0 - diameter, lesser(scribe, 2000.0 - scribe)) : -1.0;
#pragma omp parallel for simd schedule(static) num_threads(threads)
    for (ptrdiff_t i = 0; i < count; i++) {
        double a = lesser(0x1p500, alpha[i] < 0x1p-64 ? 0x1p-64 : alpha[i]);
        double t = area[i] * 0.01 * d0[i] / (a / one), u = one + t;
        int64_t bits;
        memcpy(&bits, &u, sizeof bits);
        bits += (int64_t)1 << 51; /* the seam between two exponents is at 3/2 */
        int64_t whole = ((bits >> 52) & 0xFFF) | 0x4330000000000000LL;
        int64_t inverse = (((int64_t)2046 << 52) - (bits & ((int64_t)0x7FF << 52))) & ((int64_t)0x7FF << 52);
        double k, down;
        memcpy(&k, &whole, sizeof k);
        memcpy(&down, &inverse, sizeof down);
        k -= 0x1p52 + 1023.0 - 66.0;
        double f = fma(t, down, fma(down, one, -1.0)), s = f / (2.0 + f), z = s * s, z2 = z * z;
        double even = 0.9617966939259756 + z2 * (0.41219858305209883 + z2 * (0.2623070385574333 + z2 * 0.19058483972879467));
        double odd = 0.577078016355698 + z2 * (0.3205989097477845 + z2 * (0.22201397381522786 + z2 * 0.19626735321523772));
        double straight = f * log2_e, top = k + straight;
        double rest = fma(f, log2_e, k - top) - s * (straight - z * (even + z * odd));
        double side = sqrt(area[i]), pitch = side + scribe;
        double high = a * top, fits = side * side + side * side <= diameter * diameter ? edge * pitch : INFINITY;
        double low = fma(a, top, -high) + a * rest + fits, exponent = high + low;
        /* 2^(high + low - 64) times the price of a cell, of which 2^64 is taken out with the wafer's constants. */
        double shifted = lesser(1075.0, exponent) + (ROUNDER + 1023.0 - 64.0), n = shifted - (ROUNDER + 1023.0 - 64.0);
        double r = (high - n) + low, r2 = r * r;
        double p = 0.24022650695910097 + r2 * (0.009618129107606854 + r2 * (0.00015403530441794136
                   + r2 * (1.3215442552522291e-06 + r2 * 7.072593027878997e-09)));
        double q = 0.6931471805599453 + r2 * (0.0555041086648216 + r2 * (0.0013333558146416916 + r2 * (1.525273382986708e-05
                   + r2 * (1.0178062426976924e-07 + r2 * 4.4549643712692967e-10))));
        memcpy(&bits, &shifted, sizeof bits);
        bits <<= 52;
        double power;
        memcpy(&power, &bits, sizeof power);
        double priced = price[i] * (pitch * pitch * cells), grown = priced * (power + power * r * (q + r * p));
        double margin = lesser(lesser(lesser(side - 1e-6, 1.7976931348623157e308 - (side + side)), wafer),
                               lesser(lesser(area[i], d0[i]), lesser(price[i], alpha[i] - 0x1p-900)));
        double found = exponent < 1075.0 ? grown : priced + exponent + INFINITY;
        cost[i] = margin >= 0.0 ? found : NAN;
    }
}
