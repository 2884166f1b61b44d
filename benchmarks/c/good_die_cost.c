/* Cost of a good die: negative-binomial yield, de Vries' exponential dies per wafer, square die.
 *
 * The yield is written with pow, the fastest form that gcc has: with -ffast-math it becomes a SIMD routine of
 * libmvec, which has no log1p. */

#include <math.h>
#include <stddef.h>

static const double PI = 3.14159265358979323846;

void good_die_cost(ptrdiff_t count, const double *restrict area, const double *restrict d0,
                   const double *restrict alpha, const double *restrict price, double scribe, double diameter,
                   double *restrict cost, int threads)
{
#pragma omp parallel for simd schedule(static) num_threads(threads)
    for (ptrdiff_t i = 0; i < count; i++) {
        double pitch = sqrt(area[i]) + scribe;
        double dies = PI * diameter * diameter / (4.0 * pitch * pitch) * exp(-2.32 * pitch / diameter);
        double yield = pow(1.0 + area[i] * 0.01 * d0[i] / alpha[i], -alpha[i]);
        cost[i] = price[i] / (dies * yield);
    }
}

/* The same traffic and one addition each: what memory alone allows. */
void traffic(ptrdiff_t count, const double *restrict area, const double *restrict d0,
             const double *restrict alpha, const double *restrict price, double scribe, double diameter,
             double *restrict cost, int threads)
{
#pragma omp parallel for simd schedule(static) num_threads(threads)
    for (ptrdiff_t i = 0; i < count; i++)
        cost[i] = (area[i] + d0[i]) + (alpha[i] + price[i]) + (scribe + diameter);
}
