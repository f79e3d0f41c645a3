/* Optimisers' steps over arrays, and what keeps gradients short, as the binding in `optim` calls them. */
#ifndef MICROGRID_STEPS_H
#define MICROGRID_STEPS_H
#include <stddef.h>

typedef struct {
    ptrdiff_t n;           /* how many parameters */
    double *x;             /* they */
    const double *g;       /* their gradient, which lies elsewhere or in the same places */
    const double *last;    /* rows of n: one that nobody reads, then the memory */
    double *next;          /* rows for the parameters before the step and for the memory after it */
    const double *scalars; /* what is the same for all parameters, in the order of the rule's names */
} Step;

const char *microgrid_choose_level(int index);           /* its name, NULL if there is none; -1: the best */
const char *microgrid_rule(int rule);                    /* its lines, NULL if there is none */
int microgrid_step(int rule, const Step *step);          /* 0, and nothing changes, if not all is finite */
double microgrid_length(const double *g, ptrdiff_t n);   /* nan where one of them is */
void microgrid_scale(double *g, ptrdiff_t n, double scale);
int microgrid_limit(double *g, ptrdiff_t n, double limit); /* 0, and nothing changes, where one is nan */
#endif
