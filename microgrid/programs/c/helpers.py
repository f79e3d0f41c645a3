"""The parts of the C file that are the same for every program; of the helpers, those that it needs."""

from __future__ import annotations

import re

__all__ = ["CALLS", "INCLUDES", "VALUE_AND_GRAD", "helped"]

INCLUDES = """\
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>"""


def helped(body: str) -> str:
    """The C text, below the helpers whose names appear in it or in another one's text."""
    for names, text in reversed(HELPERS):
        if re.search(rf"\b({names.replace(' ', '|')})\b", re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)):
            body = f"{text}\n\n{body}"
    return body


HELPERS = [
    (
        "W vec ROW",
        """\
/* A register of the processor holds W numbers; ROW(V, 3)[j] is register j of those that row 3 of V fills. */
#if defined(__AVX512F__)
enum { W = 8 };
#elif defined(__AVX__)
enum { W = 4 };
#else
enum { W = 2 };
#endif
typedef double vec __attribute__((vector_size(8 * W)));
typedef double unaligned __attribute__((vector_size(8 * W), aligned(8)));
#define ROW(M, slot) ((vec *)(M)[slot])""",
    ),
    (
        "REGISTERS",
        "#define REGISTERS(j) for (int j = 0; j < L / W; j++) /* over the registers of a row */",
    ),
    ("ALL", "#define ALL(x) ((x) - (vec){0}) /* a register full of one number */"),
    (
        "EACH",
        """\
#define EACH(i, n) _Pragma("GCC unroll 20") for (int i = 0; i < (n); i++) /* a loop, written out */""",
    ),
    ("NOTHING", "#define NOTHING -0.0 /* the number that adding to changes nothing */"),
    (
        "LANES",
        """\
/* A loop over the L samples of a block.  None looks at another, so a compiler may take several at once. */
#if defined(__clang__)
#define LANES(l) _Pragma("clang loop vectorize(assume_safety)") for (int l = 0; l < L; l++)
#else
#define LANES(l) _Pragma("GCC ivdep") for (int l = 0; l < L; l++)
#endif""",
    ),
    (
        "INLINE",
        "#define INLINE static inline __attribute__((always_inline)) /* written where it is called */",
    ),
    (
        "CALLED",
        "#define CALLED static __attribute__((noinline)) /* once, however often a long program needs it */",
    ),
    (
        "SIZED",
        """\
/* The function for blocks of L samples. */
#define SIZED(f, ...) (L == 40 ? f##_40(__VA_ARGS__) : L == 32 ? f##_32(__VA_ARGS__) : f##_8(__VA_ARGS__))""",
    ),
    (
        "sum",
        """\
/* x[0] + x[1] + ... + x[n - 1]: eight sums at once, as each addition waits for the one before. */
CALLED double sum(int n, const double *x)
{
    double s[8] = {0};
    int k = 0;
    for (; k + 8 <= n; k += 8)
        for (int e = 0; e < 8; e++)
            s[e] += x[k + e];
    for (; k < n; k++)
        s[k % 8] += x[k];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}""",
    ),
    (
        "dot",
        """\
/* x[0]*y[0] + ... + x[n - 1]*y[n - 1]: eight sums at once, as each addition waits for the one before. */
CALLED double dot(int n, const double *x, const double *y)
{
    double s[8] = {0};
    int k = 0;
    for (; k + 8 <= n; k += 8)
        for (int e = 0; e < 8; e++)
            s[e] += x[k + e] * y[k + e];
    for (; k < n; k++)
        s[k % 8] += x[k] * y[k];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}""",
    ),
    (
        "strided_sum",
        """\
/* The same of numbers that lie a step apart. */
CALLED double strided_sum(int n, const double *x, int step)
{
    double s = -0.0;
    for (int k = 0; k < n; k++)
        s += x[k * step];
    return s;
}""",
    ),
    (
        "strided_dot",
        """\
/* The sum of n products of numbers that lie a step apart. */
CALLED double strided_dot(int n, const double *x, int x_step, const double *y, int y_step)
{
    double s = -0.0;
    for (int k = 0; k < n; k++)
        s += x[k * x_step] * y[k * y_step];
    return s;
}""",
    ),
    (
        "dots",
        """\
/* The sums of the numbers in n registers, at most 8: neighbours are added until each sum is one number. */
INLINE void across(const int n, const vec a[8], double sums[8])
{
#if defined(__AVX__) && (defined(__clang__) || __GNUC__ >= 12)
#define PAIRS(a, b, ...) (__builtin_shufflevector(a, b, __VA_ARGS__))
#if defined(__AVX512F__)
    vec b[4], c[2];
    EACH(i, 4) b[i] = PAIRS(a[2*i], a[2*i + 1], 0, 8, 2, 10, 4, 12, 6, 14) +
                      PAIRS(a[2*i], a[2*i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    EACH(i, 2) c[i] = PAIRS(b[2*i], b[2*i + 1], 0, 1, 8, 9, 4, 5, 12, 13) +
                      PAIRS(b[2*i], b[2*i + 1], 2, 3, 10, 11, 6, 7, 14, 15);
    *(vec *)sums = PAIRS(c[0], c[1], 0, 1, 2, 3, 8, 9, 10, 11) +
                   PAIRS(c[0], c[1], 4, 5, 6, 7, 12, 13, 14, 15);
    (void)n;
#else
    vec b[4];
    EACH(i, (n + 1) / 2) b[i] = PAIRS(a[2*i], a[2*i + 1], 0, 4, 2, 6) + PAIRS(a[2*i], a[2*i + 1], 1, 5, 3, 7);
    EACH(i, (n + 3) / 4) ((vec *)sums)[i] = PAIRS(b[2*i], b[2*i + 1], 0, 1, 4, 5) +
                                            PAIRS(b[2*i], b[2*i + 1], 2, 3, 6, 7);
#endif
#else
    EACH(i, n) {
        sums[i] = a[i][0];
        EACH(e, W - 1) sums[i] += a[i][e + 1];
    }
#endif
}

/* Adds to sums[i*step] the dot product of x and row i of n; where x is NULL, the sum of row i. */
INLINE void dots(const int L, const int n, double *sums, const int step, const double *rows, const double *x)
{
    vec a[8] = {{0}};
    double s[8] __attribute__((aligned(64)));
    EACH(j, L / W) EACH(i, n) {
        const vec y = ((const vec *)rows)[i * (L / W) + j];
        a[i] += x ? y * ((const vec *)x)[j] : y;
    }
    across(n, a, s);
    if (step == 1 && n % W == 0)
        EACH(j, n / W) ((unaligned *)sums)[j] += ((vec *)s)[j];
    else
        EACH(i, n) sums[i * step] += s[i];
}""",
    ),
    (
        "chain",
        """\
/* The chain rule.  An adjoint of exactly 0 passes nothing on, not even through an infinite partial.  A
   product's partials are its factors, which are finite, and those of relu 0 or 1: there g * x needs no such
   care. */
INLINE double chain(double adjoint, double partial) { return adjoint != 0 ? adjoint * partial : 0; }""",
    ),
]

CALLS = """\
/* ---- All samples, in blocks of 32; the last one has up to 40.  GU and out may be NULL.  memory has room for
   microgrid_memory doubles and begins, as U and GU do, at a multiple of 64 bytes. */
double microgrid_samples(const double *U, double *GU, double *memory, const double *X, ptrdiff_t n,
                         double *out)
{
    double value = 0;
    for (ptrdiff_t first = 0, m; first < n; first += m, X += m * INPUTS, out += out ? m * OUTPUTS : 0) {
        m = n - first > 40 ? 32 : n - first > 16 ? n - first : n - first > 8 ? 8 : n - first;
        if (m > 32)
            value += block(40, U, GU, memory, X, (int)m, out);
        else if (m > 8)
            value += block(32, U, GU, memory, X, (int)m, out);
        else
            value += block(8, U, GU, memory, X, (int)m, out);
    }
    return value;
}

const size_t microgrid_memory = 2 * (size_t)V_SLOTS * 40;

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
