/* Sums of products where a slot is one double: uniform code, and a batch of one sample.  Included once per
   instruction set, before the interpreter with L == 1.

   A run with step 1 is a dot forward and an axpy backward.  FLAT instructions, whose operands move with the
   repeat by 0 or 1, are worked off term by term for all repeats at once instead, which makes the repeats
   contiguous.  Of the others, which are the rows of a matrix times a vector, four repeats go together. */

static double FT(dot)(const double *a, int a_step, const double *b, int b_step, int n)
{
    int k = 0;
    double s = -0.0; /* the number that adding to changes nothing */
    if (a_step == 1 && b_step == 1 && n >= VW) {
        const vd none = -0.0 - ZERO;
        vd v = none, w[4] = {none, none, none, none}; /* four sums at once, because one waits for itself */
        for (; k + 4 * VW <= n; k += 4 * VW)
            for (int j = 0; j < 4; j++)
                w[j] += *(const vu *)(a + k + j * VW) * *(const vu *)(b + k + j * VW);
        for (; k + VW <= n; k += VW)
            v += *(const vu *)(a + k) * *(const vu *)(b + k);
        s = FT(across)((w[0] + w[1]) + (w[2] + w[3]) + v);
    }
    for (; k < n; k++)
        s += a[(ptrdiff_t)k * a_step] * b[(ptrdiff_t)k * b_step];
    return s;
}

/* y += g * x */
static void FT(axpy)(double *RESTRICT y, int y_step, double g, const double *RESTRICT x, int x_step, int n)
{
    int k = 0;
    if (x_step == 1 && y_step == 1)
        for (; k + VW <= n; k += VW)
            *(vu *)(y + k) += g * *(const vu *)(x + k);
    for (; k < n; k++)
        y[(ptrdiff_t)k * y_step] += g * x[(ptrdiff_t)k * x_step];
}

/* s[r] += sign * (row r of a) . (row r of b) for four repeats r, whose additions across vectors are shared. */
INLINE void FT(dot_rows)(double *s, double sign, const double *a, ptrdiff_t a_rep, const double *b,
                         ptrdiff_t b_rep, int n)
{
    const vd none = -0.0 - ZERO;
    vd v[4] = {none, none, none, none};
    double sums[4];
    int k = 0;
    for (; k + VW <= n; k += VW)
        UNROLL for (int r = 0; r < 4; r++)
            v[r] += *(const vu *)(a + r * a_rep + k) * *(const vu *)(b + r * b_rep + k);
    FT(across4)(v, sums);
    for (; k < n; k++)
        UNROLL for (int r = 0; r < 4; r++)
            sums[r] += a[r * a_rep + k] * b[r * b_rep + k];
    UNROLL for (int r = 0; r < 4; r++)
        s[r] += sign * sums[r];
}

/* row r of y += sign * g[r] * row r of x for four repeats r.  Where they have one y in common, it is loaded and
   stored once. */
INLINE void FT(axpy_rows)(double *RESTRICT y, ptrdiff_t y_rep, double sign, const double *g,
                          const double *RESTRICT x, ptrdiff_t x_rep, int n)
{
    const double h[4] = {sign * g[0], sign * g[1], sign * g[2], sign * g[3]};
    int k = 0;
    for (; y_rep == 0 && k + VW <= n; k += VW) {
        vd t = *(const vu *)(y + k);
        UNROLL for (int r = 0; r < 4; r++)
            t += h[r] * *(const vu *)(x + r * x_rep + k);
        *(vu *)(y + k) = t;
    }
    for (; k + VW <= n; k += VW)
        UNROLL for (int r = 0; r < 4; r++)
            *(vu *)(y + r * y_rep + k) += h[r] * *(const vu *)(x + r * x_rep + k);
    for (; y_rep == 0 && k < n; k++)
        y[k] += (h[0] * x[k] + h[1] * x[x_rep + k]) + (h[2] * x[2 * x_rep + k] + h[3] * x[3 * x_rep + k]);
    for (; k < n; k++)
        UNROLL for (int r = 0; r < 4; r++)
            y[r * y_rep + k] += h[r] * x[r * x_rep + k];
}

/* y += sign * a * b, element by element; a step is 1, or 0 for one number. */
static void FT(multiply)(double *RESTRICT y, double sign, const double *a, int a_step, const double *b,
                         int b_step, int n)
{
    if (a_step && b_step)
        for (int k = 0; k < n; k++)
            y[k] += sign * a[k] * b[k];
    else if (a_step)
        FT(axpy)(y, 1, sign * *b, a, 1, n);
    else
        for (int k = 0; k < n; k++)
            y[k] += sign * *a * b[(ptrdiff_t)k * b_step];
}

/* Where an operand of run q begins in repeat r. */
#define AT(M, q, which, r) \
    ((M)[(q[RUN_BITS] & which##_LANE) != 0] + q[which] + (ptrdiff_t)(r) * q[which##_REP])

static void FN(sum)(const int *c, int r0, int n, int own, double *const *M)
{
    double *s = M[own] + c[DST] + r0;
    for (int r = 0; r < n; r++)
        s[r] = -0.0; /* the number that adding to changes nothing */
    const int *q = c + FIRST_RUN;
    for (int run = 0; run < c[RUNS]; run++, q += RUN_SIZE) {
        const double sign = q[RUN_BITS] & MINUS ? -1 : 1, *a = AT(M, q, A, r0), *b = AT(M, q, B, r0);
        if (c[FLAGS] & FLAT)
            for (int k = 0; k < q[LENGTH]; k++, a += q[A_STEP], b += q[B_STEP])
                FT(multiply)(s, sign, a, q[A_REP], b, q[B_REP], n);
        else {
            int r = 0;
            if (q[A_STEP] == 1 && q[B_STEP] == 1)
                for (; r + 4 <= n; r += 4, a += 4 * q[A_REP], b += 4 * q[B_REP])
                    FT(dot_rows)(s + r, sign, a, q[A_REP], b, q[B_REP], q[LENGTH]);
            for (; r < n; r++, a += q[A_REP], b += q[B_REP])
                s[r] += sign * (q[LENGTH] == 1 ? *a * *b : FT(dot)(a, q[A_STEP], b, q[B_STEP], q[LENGTH]));
        }
    }
}

/* What run q passes on to the operand at x, whose partial is the other factor, at y. */
static void FN(run_back)(const int *q, int flat, int n, const double *g, double *x, int x_step, int x_rep,
                         const double *y, int y_step, int y_rep)
{
    const double sign = q[RUN_BITS] & MINUS ? -1 : 1;
    if (!flat) {
        const int rows = x_step == 1 && y_step == 1 && q[LENGTH] > 1;
        for (int count; n > 0; n -= count, g += count, x += count * x_rep, y += count * y_rep) {
            count = rows && n >= 4 && g[0] != 0 && g[1] != 0 && g[2] != 0 && g[3] != 0 ? 4 : 1;
            if (count == 4)
                FT(axpy_rows)(x, x_rep, sign, g, y, y_rep, q[LENGTH]);
            else if (*g != 0)
                FT(axpy)(x, x_step, sign * *g, y, y_step, q[LENGTH]);
        }
    } else
        for (int k = 0; k < q[LENGTH]; k++, x += x_step, y += y_step) {
            if (x_rep)
                FT(multiply)(x, sign, g, 1, y, y_rep, n);
            else
                *x += sign * FT(dot)(g, 1, y, y_rep, n);
        }
}

static void FN(sum_back)(const int *c, int r, int n, const double *g, double *const *M, double *const *G)
{
    const int *q = c + FIRST_RUN, flat = c[FLAGS] & FLAT;
    for (int run = 0; run < c[RUNS]; run++, q += RUN_SIZE) {
        if (q[RUN_BITS] & GRAD_A)
            FN(run_back)(q, flat, n, g, AT(G, q, A, r), q[A_STEP], q[A_REP], AT(M, q, B, r),
                         q[B_STEP], q[B_REP]);
        if (q[RUN_BITS] & GRAD_B)
            FN(run_back)(q, flat, n, g, AT(G, q, B, r), q[B_STEP], q[B_REP], AT(M, q, A, r),
                         q[A_STEP], q[A_REP]);
    }
}
#undef AT
