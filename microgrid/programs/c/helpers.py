"""The parts of the C file that are the same for every program."""

from __future__ import annotations

__all__ = ["CALLS", "INCLUDES", "PASSING", "SAMPLES", "VALUE_AND_GRAD"]

INCLUDES = """\
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>"""

SAMPLES = """\
/* ---- Registers of W samples; loops over the L samples of a block, none of which looks at another. */
#if defined(__AVX512F__)
enum { W = 8 };
#define SPAN (L / W) /* registers of a row that are summed at once: with 4 rows, as many as there are */
#elif defined(__AVX__)
enum { W = 4 };
#define SPAN 2
#else
enum { W = 2 };
#define SPAN 2
#endif
enum { MOST = 40 }; /* samples of a block */
typedef double vec __attribute__((vector_size(8 * W)));
typedef double unaligned __attribute__((vector_size(8 * W), aligned(8)));

#define ROW(M, slot) ((vec *)(M)[slot])
#define ALL(x) ((x) - (vec){0}) /* a register full of one number */
#define ROWS(name, n) double name[n][MOST] __attribute__((aligned(64)))
#define EACH(i, n) _Pragma("GCC unroll 20") for (int i = 0; i < (n); i++)
#define TERMS(k, n) _Pragma("GCC unroll 4") for (int k = 0; k < (n); k++)
#if defined(__clang__)
#define LANES(l) _Pragma("clang loop vectorize(assume_safety)") for (int l = 0; l < L; l++)
#else
#define LANES(l) _Pragma("GCC ivdep") for (int l = 0; l < L; l++)
#endif
#define INLINE static inline __attribute__((always_inline))
#define CALLED static __attribute__((noinline, unused)) /* once, however often a long program needs it */
#define SIZED(f, ...) (L == 40 ? f##_40(__VA_ARGS__) : L == 32 ? f##_32(__VA_ARGS__) : f##_8(__VA_ARGS__))
#define NOTHING -0.0 /* the number that adding to changes nothing */

/* The sum of the numbers in a register. */
INLINE double across(vec v)
{
    double half[W / 2], sum;
    for (int e = 0; e < W / 2; e++)
        half[e] = v[e] + v[e + W / 2];
#if defined(__AVX512F__)
    sum = (half[0] + half[2]) + (half[1] + half[3]);
#elif defined(__AVX__)
    sum = half[0] + half[1];
#else
    sum = half[0];
#endif
    return sum;
}

/* The sum of n numbers, the sum of n products, and y += g*x; each with the steps between the numbers. */
CALLED double sum(int n, const double *x, int step)
{
    double s = NOTHING;
    for (int k = 0; k < n; k++)
        s += x[k * step];
    return s;
}

CALLED double dot(int n, const double *x, int x_step, const double *y, int y_step)
{
    double s = NOTHING;
    int k = 0;
    if (x_step == 1 && y_step == 1 && n >= W) {
        vec v = {0}, w[4] = {{0}}; /* several sums at once, as one waits for itself */
        for (; k + 4 * W <= n; k += 4 * W)
            EACH(i, 4) w[i] += *(const unaligned *)(x + k + i * W) * *(const unaligned *)(y + k + i * W);
        for (; k + W <= n; k += W)
            v += *(const unaligned *)(x + k) * *(const unaligned *)(y + k);
        s = across((w[0] + w[1]) + (w[2] + w[3]) + v);
    }
    for (; k < n; k++)
        s += x[k * x_step] * y[k * y_step];
    return s;
}"""

PASSING = """\
CALLED void axpy(int n, double g, const double *restrict x, int x_step, double *restrict y, int y_step)
{
    for (int k = 0; k < n; k++)
        y[k * y_step] += g * x[k * x_step];
}

/* The sum of L samples. */
INLINE double total(const int L, const vec *row)
{
    vec sum = row[0];
    for (int j = 1; j < L / W; j++)
        sum += row[j];
    return across(sum);
}

/* The sums of the numbers in four registers, which share their additions. */
INLINE void totals(const vec a[4], double sums[4])
{
#if defined(__AVX__) && (defined(__clang__) || __GNUC__ >= 12)
#define PAIRS(a, b, ...) (__builtin_shufflevector(a, b, __VA_ARGS__))
#if defined(__AVX512F__)
    vec s = PAIRS(a[0], a[1], 0, 8, 2, 10, 4, 12, 6, 14) + PAIRS(a[0], a[1], 1, 9, 3, 11, 5, 13, 7, 15);
    vec t = PAIRS(a[2], a[3], 0, 8, 2, 10, 4, 12, 6, 14) + PAIRS(a[2], a[3], 1, 9, 3, 11, 5, 13, 7, 15);
    vec u = PAIRS(s, t, 0, 1, 4, 5, 8, 9, 12, 13) + PAIRS(s, t, 2, 3, 6, 7, 10, 11, 14, 15);
    for (int i = 0; i < 4; i++)
        sums[i] = u[i + i / 2 * 2] + u[i + i / 2 * 2 + 2];
#else
    vec s = PAIRS(a[0], a[1], 0, 4, 2, 6) + PAIRS(a[0], a[1], 1, 5, 3, 7);
    vec t = PAIRS(a[2], a[3], 0, 4, 2, 6) + PAIRS(a[2], a[3], 1, 5, 3, 7);
    *(unaligned *)sums = PAIRS(s, t, 0, 1, 4, 5) + PAIRS(s, t, 2, 3, 6, 7);
#endif
#else
    for (int i = 0; i < 4; i++)
        sums[i] = across(a[i]);
#endif
}

/* The chain rule.  An adjoint of exactly 0 passes nothing on, not even through an infinite partial. */
INLINE double chain(double adjoint, double partial) { return adjoint != 0 ? adjoint * partial : 0; }"""

CALLS = """\
/* ---- All samples, in blocks of 32; the last one has up to 40.  GU and out may be NULL.  memory has room for
   microgrid_memory doubles and begins, as U and GU do, at a multiple of 64 bytes. */
double microgrid_samples(const double *U, double *GU, double *memory, const double *X, ptrdiff_t n,
                         double *out)
{
    double sum = 0;
    for (ptrdiff_t first = 0, m; first < n; first += m, X += m * INPUTS, out += out ? m * OUTPUTS : 0) {
        m = n - first > 40 ? 32 : n - first > 16 ? n - first : n - first > 8 ? 8 : n - first;
        if (m > 32)
            sum += block(40, U, GU, memory, X, (int)m, out);
        else if (m > 8)
            sum += block(32, U, GU, memory, X, (int)m, out);
        else
            sum += block(8, U, GU, memory, X, (int)m, out);
    }
    return sum;
}

const size_t microgrid_memory = 2 * (size_t)V_SLOTS * MOST;

/* U, GU and memory for the calls below. */
static double *prepared(const double *parameters, double **GU, double **memory)
{
    const size_t slots = ((size_t)U_SLOTS + 7) / 8 * 8;
    double *U = aligned_alloc(64, sizeof(double) * (2 * slots + (microgrid_memory + 7) / 8 * 8 + 8));
    if (!U)
        return NULL;
    memcpy(U, parameters, sizeof(double) * PARAMETERS);
CONSTANTS
    *GU = memset(U + slots, 0, sizeof(double) * slots);
    *memory = U + 2 * slots;
    microgrid_begin(U);
    return U;
}

void outputs(const double *parameters, const double *X, ptrdiff_t n, double *out)
{
    double *GU, *memory, *U = prepared(parameters, &GU, &memory);
    if (U)
        microgrid_samples(U, NULL, memory, X, n, out);
    free(U);
}"""

VALUE_AND_GRAD = """

double value_and_grad(const double *parameters, const double *X, ptrdiff_t n, double *gradient)
{
    double *GU, *memory, *U = prepared(parameters, &GU, &memory);
    if (!U)
        return NAN; /* there was no memory */
    const double value = microgrid_samples(U, GU, memory, X, n, NULL);
    microgrid_end(U, GU);
    memcpy(gradient, GU, sizeof(double) * PARAMETERS);
    free(U);
    return value;
}"""
