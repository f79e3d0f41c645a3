/* Sums of products over rows of L doubles, and what their adjoints pass on.  Included once per L > 1, before
   the interpreter.  microgrid_check has turned every run so that one lane operand stands in b.

   R repeats are worked off together where they share their lane operands (a dense layer): each row that is
   loaded is then used R times. */
#define NV (L / VW)
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define ROW(M, slot) ((vd *)((M) + (ptrdiff_t)(slot) * L))
#define EACH(i, n) UNROLL for (int i = 0; i < (n); i++)

/* Term k of a uniform run in repeat r. */
INLINE double FN(uniform_term)(const int *q, int k, int r, const double *U)
{
    const double a = U[q[A] + k * q[A_STEP] + r * q[A_REP]], b = U[q[B] + k * q[B_STEP] + r * q[B_REP]];
    return q[RUN_BITS] & MINUS ? -a * b : a * b;
}

/* R sums from repeat r0 on; SPAN vectors at a time, so that R * SPAN sums stay in registers for all terms. */
INLINE void FN(sum_rows)(const int *c, int r0, const int R, const int SPAN, double *const *M)
{
    const double *U = M[UNIFORM];
    const int *first = c + FIRST_RUN, *end = c + c[SIZE];
    double head[4]; /* what comes before the first lane operand, such as a bias */
    EACH(r, R) head[r] = -0.0; /* the number that adding to changes nothing */
    for (; first < end && !(first[RUN_BITS] & B_LANE); first += RUN_SIZE)
        for (int k = 0; k < first[LENGTH]; k++)
            EACH(r, R) head[r] += FN(uniform_term)(first, k, r0 + r, U);
    for (int h = 0; h < NV; h += SPAN) {
        vd s[4][16]; /* the most there are: TILE repeats, or one row of 16 vectors */
        EACH(r, R) EACH(j, SPAN) s[r][j] = head[r] - ZERO;
        for (const int *q = first; q < end; q += RUN_SIZE) {
            const vd *x = ROW(M[LANES], q[B] + r0 * q[B_REP]) + h;
            const vd *y = ROW(M[LANES], q[A] + r0 * q[A_REP]) + h;
            const ptrdiff_t step = q[B_STEP] * NV, rep = q[A_REP];
            const double *w = U + q[A] + r0 * rep;
            if (!(q[RUN_BITS] & B_LANE))
                for (int k = 0; k < q[LENGTH]; k++)
                    EACH(r, R) {
                        const double t = FN(uniform_term)(q, k, r0 + r, U);
                        EACH(j, SPAN) s[r][j] += t;
                    }
            else if (q[RUN_BITS] & A_LANE)
                for (int k = 0; k < q[LENGTH]; k++, x += step, y += q[A_STEP] * NV)
                    EACH(j, SPAN) s[0][j] += q[RUN_BITS] & MINUS ? -x[j] * y[j] : x[j] * y[j];
            else if (q[RUN_BITS] & MINUS)
                for (int k = 0; k < q[LENGTH]; k++, x += step, w += q[A_STEP])
                    EACH(r, R) EACH(j, SPAN) s[r][j] -= w[r * rep] * x[j];
            else
                for (int k = 0; k < q[LENGTH]; k++, x += step, w += q[A_STEP])
                    EACH(r, R) EACH(j, SPAN) s[r][j] += w[r * rep] * x[j];
        }
        EACH(r, R) EACH(j, SPAN) ROW(M[LANES], c[DST] + r0 + r)[h + j] = s[r][j];
    }
}

static void FN(sum)(const int *c, int r, int n, int own, double *const *M)
{
    (void)own;
    const int end = r + n, span = NV % 5 ? MIN(NV, 4) : 5; /* vectors at once: they must divide a row of NV */
    if (c[FLAGS] & SHARED && FORWARD_TILE > 1)
        for (; end - r >= FORWARD_TILE; r += FORWARD_TILE)
            FN(sum_rows)(c, r, FORWARD_TILE, span, M);
    for (; r < end; r++)
        FN(sum_rows)(c, r, 1, MIN(NV, 16), M);
}

/* A run of weight * row: with the weights' gradients (sums over lanes), with the rows' adjoints, or both. */
INLINE void FN(run_back)(const int *q, int r0, const int R, const int weights, const int rows, const vd *g,
                         double *const *M, double *const *G)
{
    const vd *x = ROW(M[LANES], q[B] + r0 * q[B_REP]);
    vd *gx = ROW(G[LANES], q[B] + r0 * q[B_REP]);
    const ptrdiff_t rep = q[A_REP], at = q[A] + r0 * rep, x_step = q[B_STEP] * NV;
    const double *weight = M[UNIFORM] + at;
    double *gradient = G[UNIFORM] + at;
    const int w_step = q[A_STEP];
    for (int k = 0; k < q[LENGTH]; k++, x += x_step, gx += x_step, weight += w_step, gradient += w_step) {
        double w[4], sums[4];
        vd a[4];
        EACH(r, R) {
            a[r] = ZERO;
            w[r] = rows ? weight[r * rep] : 0;
        }
        UNROLL_ROW for (int j = 0; j < NV; j++) {
            const vd xj = x[j];
            vd t = rows ? gx[j] : xj;
            EACH(r, R) {
                const vd gj = g[r * NV + j];
                if (weights)
                    a[r] += gj * xj;
                if (rows)
                    t += w[r] * gj;
            }
            if (rows)
                gx[j] = t;
        }
        if (weights && R == 4)
            FT(across4)(a, sums);
        else if (weights)
            sums[0] = FT(across)(a[0]);
        if (weights)
            EACH(r, R) gradient[r * rep] += sums[r];
    }
}

INLINE void FN(sum_back_rows)(const int *c, int r0, const int R, const vd *plus, double *const *M,
                              double *const *G)
{
    const int *q = c + FIRST_RUN;
    for (int run = 0; run < c[RUNS]; run++, q += RUN_SIZE) {
        const int grads = q[RUN_BITS] & (GRAD_A | GRAD_B);
        vd minus[4 * NV];
        if (!grads)
            continue;
        if (q[RUN_BITS] & MINUS)
            for (int j = 0; j < R * NV; j++)
                minus[j] = -plus[j];
        const vd *g = q[RUN_BITS] & MINUS ? minus : plus;
        if (q[RUN_BITS] & A_LANE) {
            for (int k = 0; k < q[LENGTH]; k++) {
                const int a = q[A] + k * q[A_STEP] + r0 * q[A_REP], b = q[B] + k * q[B_STEP] + r0 * q[B_REP];
                EACH(j, NV) {
                    const vd x = ROW(M[LANES], a)[j], y = ROW(M[LANES], b)[j];
                    if (grads & GRAD_A)
                        ROW(G[LANES], a)[j] += g[j] * y;
                    if (grads & GRAD_B)
                        ROW(G[LANES], b)[j] += g[j] * x;
                }
            }
        } else if (!(q[RUN_BITS] & B_LANE)) {
            EACH(r, R) {
                vd t = g[r * NV];
                for (int j = 1; j < NV; j++)
                    t += g[r * NV + j];
                const double sum = FT(across)(t);
                for (int k = 0; k < q[LENGTH]; k++) {
                    const int a = q[A] + k * q[A_STEP] + (r0 + r) * q[A_REP];
                    const int b = q[B] + k * q[B_STEP] + (r0 + r) * q[B_REP];
                    if (grads & GRAD_A)
                        G[UNIFORM][a] += sum * M[UNIFORM][b];
                    if (grads & GRAD_B)
                        G[UNIFORM][b] += sum * M[UNIFORM][a];
                }
            }
        } else if (grads == GRAD_A)
            FN(run_back)(q, r0, R, 1, 0, g, M, G);
        else if (grads == GRAD_B)
            FN(run_back)(q, r0, R, 0, 1, g, M, G);
        else
            FN(run_back)(q, r0, R, 1, 1, g, M, G);
    }
}

static void FN(sum_back)(const int *c, int r, int n, const double *g, double *const *M, double *const *G)
{
    const int end = r + n;
    if (c[FLAGS] & SHARED)
        for (; end - r >= TILE; r += TILE, g += TILE * L)
            FN(sum_back_rows)(c, r, TILE, (const vd *)g, M, G);
    for (; r < end; r++, g += L)
        FN(sum_back_rows)(c, r, 1, (const vd *)g, M, G);
}
#undef NV
#undef ROW
#undef MIN
#undef EACH
