/* All of the kernel for one instruction set: vectors of VB bytes.  Included once per set by program.c. */
#define VW (VB / 8)
#define vd FT(vd)
#define vu FT(vu)
#if VB == 8
typedef double vd, vu;
#define ZERO 0.0
#else
typedef double vd __attribute__((vector_size(VB)));
typedef double vu __attribute__((vector_size(VB), aligned(8)));
#define ZERO ((vd){0})
#endif

/* The sum of a vector's elements, halving it while that is an instruction. */
INLINE double FT(across)(vd v)
{
#if VB == 8
    return v;
#elif VB > 16 && defined(HALVES)
    typedef double half __attribute__((vector_size(16)));
#if VB == 64
    typedef double quarter __attribute__((vector_size(32)));
    const quarter w = __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7);
#else
    const vd w = v;
#endif
    const half h = __builtin_shufflevector(w, w, 0, 1) + __builtin_shufflevector(w, w, 2, 3);
    return h[0] + h[1];
#else
    double sum = v[0];
    for (int k = 1; k < VW; k++)
        sum += v[k];
    return sum;
#endif
}

/* The same for four vectors, which share their additions. */
INLINE void FT(across4)(const vd *a, double *sums)
{
#if VB > 16 && defined(HALVES)
#if VB == 64
    const vd s = __builtin_shufflevector(a[0], a[1], 0, 8, 2, 10, 4, 12, 6, 14) +
                 __builtin_shufflevector(a[0], a[1], 1, 9, 3, 11, 5, 13, 7, 15);
    const vd t = __builtin_shufflevector(a[2], a[3], 0, 8, 2, 10, 4, 12, 6, 14) +
                 __builtin_shufflevector(a[2], a[3], 1, 9, 3, 11, 5, 13, 7, 15);
    const vd u = __builtin_shufflevector(s, t, 0, 1, 4, 5, 8, 9, 12, 13) +
                 __builtin_shufflevector(s, t, 2, 3, 6, 7, 10, 11, 14, 15);
    typedef double quarter __attribute__((vector_size(32), aligned(8)));
    *(quarter *)sums = __builtin_shufflevector(u, u, 0, 1, 4, 5) + __builtin_shufflevector(u, u, 2, 3, 6, 7);
#else
    const vd s = __builtin_shufflevector(a[0], a[1], 0, 4, 2, 6) +
                 __builtin_shufflevector(a[0], a[1], 1, 5, 3, 7);
    const vd t = __builtin_shufflevector(a[2], a[3], 0, 4, 2, 6) +
                 __builtin_shufflevector(a[2], a[3], 1, 5, 3, 7);
    *(vu *)sums = __builtin_shufflevector(s, t, 0, 1, 4, 5) + __builtin_shufflevector(s, t, 2, 3, 6, 7);
#endif
#else
    for (int k = 0; k < 4; k++)
        sums[k] = FT(across)(a[k]);
#endif
}

#define ROW_VALUE(name) FT(value_##name)
#define ROW_PARTIALS(name) FT(partials_##name)
#include "rows.h"

/* The rows over n numbers: the loops around the simple ones become vector code. */
static void FT(value)(int code, size_t n, const double *RESTRICT x, const double *RESTRICT y,
                      double *RESTRICT z)
{
    switch (code) {
#define R(code, name, arity, constant, straight)                                                     \
    case code:                                                                                       \
        UNROLL_4 for (size_t k = 0; k < n; k++)                                                      \
            z[k] = ROW_VALUE(name)(x[k], y[k]);                                                      \
        break;
        MICROGRID_ROWS(R)
#undef R
    }
}

/* Adjoint times partial for both operands.  An adjoint of exactly 0 passes nothing on, not even through an
   infinite partial; a row of straight pieces has none.  The adjoints are thereby used up. */
static void FT(pass_on)(int code, size_t n, const double *RESTRICT x, const double *RESTRICT y,
                        const double *RESTRICT z, double *RESTRICT adjoint, double *RESTRICT p,
                        double *RESTRICT q)
{
    switch (code) {
#define R(code, name, arity, constant, straight)                                                     \
    case code:                                                                                       \
        UNROLL_4 for (size_t k = 0; k < n; k++) {                                                    \
            const double g = adjoint[k];                                                             \
            double dx, dy;                                                                           \
            ROW_PARTIALS(name)(x[k], y[k], z[k], &dx, &dy);                                          \
            dx *= g;                                                                                 \
            dy *= g;                                                                                 \
            p[k] = straight || g != 0 ? dx : 0;                                                      \
            if (arity == 2)                                                                          \
                q[k] = straight || g != 0 ? dy : 0;                                                  \
            adjoint[k] = 0;                                                                          \
        }                                                                                            \
        break;
        MICROGRID_ROWS(R)
#undef R
    }
}
#undef ROW_VALUE
#undef ROW_PARTIALS

/* inf - inf and nan - nan are nan, which stays; eight sums, so that they go at once. */
static int FT(finite)(const double *x, ptrdiff_t n)
{
    double zero[8] = {0};
    for (ptrdiff_t k = 0; k + 8 <= n; k += 8)
        for (int j = 0; j < 8; j++)
            zero[j] += x[k + j] - x[k + j];
    for (ptrdiff_t k = n - n % 8; k < n; k++)
        zero[k % 8] += x[k] - x[k];
    for (int j = 1; j < 8; j++)
        zero[0] += zero[j];
    return zero[0] == 0;
}

#define L 1
#include "scalar.h"
#include "interpreter.h"
#undef L
#define L 8
#include "lanes.h"
#include "interpreter.h"
#undef L
#define L 32
#include "lanes.h"
#include "interpreter.h"
#undef L
#if VB >= 32 /* with shorter vectors it takes longer than 32 and 8 */
#define L 40
#include "lanes.h"
#include "interpreter.h"
#undef L
#endif

/* Uniform code, once per call (backward: once per gradient). */
static void FT(before)(const Program *p, Scratch *s)
{
    double *const M[2] = {s->U, s->V};
    if (p->built.begin)
        p->built.begin(s->U);
    else
        CAT(forward, 1, T)(&p->uniform, UNIFORM, M);
}

/* The gradient is written only if it, and all that was computed before, is finite. */
static int FT(after)(const Program *p, Scratch *s, double scale, double *RESTRICT gradient, int finite)
{
    double *const M[2] = {s->U, s->V}, *const G[2] = {s->GU, s->GV};
    if (p->built.end)
        p->built.end(s->U, s->GU);
    else
        CAT(backward, 1, T)(&p->uniform, UNIFORM, M, G);
    double *RESTRICT GU = s->GU;
    finite &= FT(finite)(GU, p->parameters);
    for (int k = 0; finite && k < p->parameters; k++)
        gradient[k] = scale * GU[k];
    memset(GU, 0, sizeof(double) * p->parameters);
    return finite;
}

/* The samples of a call from `first` to `last`: 32 at a time, the rest 8 at a time, or the last 40 at once; one by
   one where each sample has a gradient of its own. */
static int FT(samples)(Call *call, Scratch *s, ptrdiff_t first, ptrdiff_t last)
{
    const Program *p = call->program;
    const ptrdiff_t start = first;
    int finite = FT(finite)(call->X + first * p->inputs, (last - first) * p->inputs);
    if (p->built.samples && !call->each && call->batch > 1) {
        double *out = call->outputs ? call->outputs + first * p->n_outputs : NULL;
        double *GU = call->gradients && p->collects ? s->GU : NULL;
        call->value += p->built.samples(s->U, GU, s->own, call->X + first * p->inputs, last - first, out);
        first = last;
    }
    for (ptrdiff_t i = first, n; i < last; i += n) {
        n = last - i;
        if (call->each || call->batch == 1) {
            CAT(block, 1, T)(call, s, i, (int)(n = 1));
            if (call->each && call->gradients)
                finite = FT(after)(p, s, 1, call->gradients + i * p->parameters, finite);
        }
#if VB >= 32
        else if (n > 32 && n <= 40)
            CAT(block, 40, T)(call, s, i, (int)n);
#endif
        else if (n > 16)
            CAT(block, 32, T)(call, s, i, (int)(n = n < 32 ? n : 32));
        else
            CAT(block, 8, T)(call, s, i, (int)(n = n < 8 ? n : 8));
    }
    if (call->outputs)
        finite &= FT(finite)(call->outputs + start * p->n_outputs, (last - start) * p->n_outputs);
    return finite;
}
#undef VW
#undef vd
#undef vu
#undef ZERO
