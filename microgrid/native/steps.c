/* The rows of optimisers over arrays, once per instruction set, with the bits that NumPy gives.

   Plain loops, of which the compiler makes vectors; AVX-512 divides and takes roots no faster than AVX2.  Each
   operation rounds by itself: this is compiled without contraction.  The parameters move in place, and back if
   anything is not finite. */
#include "steps.h"
#include "compiler.h"
#include <math.h>
#include <string.h>

#define RULE(number) CAT(rule, number, T)
#define LENGTH(name) CAT(length, name, T)

/* What is nan stays nan, and of equals the first counts. */
INLINE double most(double a, double b) { return a >= b || a != a ? a : b; }
INLINE double least(double a, double b) { return a <= b || a != a ? a : b; }
INLINE double sign(double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : a == 0 ? 0.0 : a; }
#define ENDLESS(a) ((a) - (a) != 0.0)

#define MICROGRID_RULES_BY_NUMBER
#include "rules.h"
#undef MICROGRID_RULES_BY_NUMBER
#define T plain
#include "lengths.h"
#include "rules.h"
#undef T
#if defined(X86)
TARGET("avx2,fma")
#define T avx2
#include "lengths.h"
#include "rules.h"
#undef T
END_TARGET
#endif

typedef struct {
    const char *name;
    int (*const *rules)(const Step *);
    double (*largest)(const double *, ptrdiff_t);
    double (*squares)(const double *, ptrdiff_t, double);
    void (*scaled)(double *, ptrdiff_t, double);
    void (*limited)(double *, ptrdiff_t, double);
} Level;

#define R(number) RULE(number),
#define T plain
static int (*const PLAIN[])(const Step *) = {MICROGRID_RULES(R)};
#undef T
#if defined(X86)
#define T avx2
static int (*const AVX2[])(const Step *) = {MICROGRID_RULES(R)};
#undef T
#endif
#undef R

#define LEVEL(T, rules)                                                                              \
    {#T, rules, CAT(length, largest, T), CAT(length, squares, T), CAT(length, scaled, T),            \
     CAT(length, limited, T)}
static const Level LEVELS[] = {
    LEVEL(plain, PLAIN),
#if defined(X86)
    LEVEL(avx2, AVX2),
#endif
};
static int chosen = -1;

static const Level *level(void)
{
    if (chosen < 0)
        microgrid_choose_level(-1);
    return &LEVELS[chosen];
}

const char *microgrid_choose_level(int index)
{
    const int count = microgrid_sets() >= 2 ? 2 : 1;
    if (index >= count)
        return NULL;
    chosen = index < 0 ? count - 1 : index;
    return LEVELS[chosen].name;
}

const char *microgrid_rule(int rule)
{
    return rule >= 0 && rule < (int)(sizeof RULES / sizeof *RULES) ? RULES[rule] : NULL;
}

int microgrid_step(int rule, const Step *step)
{
    if (level()->rules[rule](step))
        return 1;
    memcpy(step->x, step->next, (size_t)step->n * sizeof(double));
    return 0;
}

double microgrid_length(const double *g, ptrdiff_t n)
{
    const double top = level()->largest(g, n);
    return top > 0 && top < INFINITY ? top * sqrt(level()->squares(g, n, top)) : top;
}

void microgrid_scale(double *g, ptrdiff_t n, double scale) { level()->scaled(g, n, scale); }

int microgrid_limit(double *g, ptrdiff_t n, double limit)
{
    const double top = level()->largest(g, n);
    if (top != top)
        return 0;
    level()->limited(g, n, limit);
    return 1;
}
