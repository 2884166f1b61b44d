/* The same cost of a good die with everything done by hand that the one formula allows: a contender for what the
 * machine can do, not a way to write a library.
 *
 * Both exponentials are one, the wafer's constants are taken out of the loop, the division by the cell's area is a
 * product with the wafer's, no point is tested for its domain, exponential and logarithm are short polynomials without
 * a second part. Good to some 1e-14 for areas, densities and alpha of real dies; elsewhere it returns anything. */

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
