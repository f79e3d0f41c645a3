/* Runs a stream forward and backward over rows of L doubles (one for scalars).  Included once per L.

   `own` is the memory the stream writes.  Sums are in scalar.h and lanes.h.  An instruction is worked off in
   pieces of at most PIECE repeats, so that what passes between the steps stays in the first-level cache. */
#define PIECE (L == 1 ? 128 : 16)

/* n rows of an operand as one array: in place where they follow each other, or gathered in `buffer`. */
static const double *FN(rows)(double *const *M, int lane, int at, int step, int n, double *buffer)
{
    const int wide = lane ? L : 1;
    const double *row = M[lane] + (ptrdiff_t)at * wide;
    if (step == 1 && wide == L)
        return row;
    for (int r = 0; r < n; r++, row += (ptrdiff_t)step * wide)
        for (int l = 0; l < L; l++)
            buffer[r * L + l] = row[wide == 1 ? 0 : l];
    return buffer;
}

/* The opposite: adds n rows to adjoints; what reaches a uniform operand is summed over the lanes. */
static void FN(scatter)(double *const *G, int lane, int at, int step, int n, const double *from)
{
    const int wide = lane ? L : 1;
    double *row = G[lane] + (ptrdiff_t)at * wide;
    for (int r = 0; r < n; r++, row += (ptrdiff_t)step * wide)
        for (int l = 0; l < L; l++)
            row[wide == 1 ? 0 : l] += from[r * L + l];
}

/* The constant operands of the row after a sum; where it has none, z stands in, which is not read. */
static const double *FN(post_constant)(const int *c, int r, int n, const double *z, double *const *M,
                                       double *buffer)
{
    if (c[POST_Y] < 0)
        return z;
    return FN(rows)(M, UNIFORM, c[POST_Y] + r * c[POST_Y_STEP], c[POST_Y_STEP], n, buffer);
}

static void FN(forward)(const Stream *stream, int own, double *const *M)
{
    for (const int *c = stream->code, *end = c + stream->size; c < end; c += c[SIZE]) {
        for (int r = 0, n; r < c[REPEAT]; r += n) {
            ALIGNED double xs[PIECE * L], ys[PIECE * L];
            double *z = M[own] + (ptrdiff_t)(c[DST] + r) * L;
            n = c[REPEAT] - r < PIECE ? c[REPEAT] - r : PIECE;
            if (c[CODE]) {
                const int b = c[BITS];
                const double *x = FN(rows)(M, b & A_LANE, c[X] + r * c[X_STEP], c[X_STEP], n, xs);
                const double *y = x;
                if (b & PRODUCT)
                    y = FN(rows)(M, (b & B_LANE) != 0, c[Y] + r * c[Y_STEP], c[Y_STEP], n, ys);
                FT(value)(c[CODE], (size_t)n * L, x, y, z);
                continue;
            }
            FN(sum)(c, r, n, own, M);
            if (c[POST]) {
                const double *y = FN(post_constant)(c, r, n, z, M, ys);
                FT(value)(c[POST], (size_t)n * L, z, y, M[own] + (ptrdiff_t)(c[POST_DST] + r) * L);
            }
        }
    }
}

static void FN(backward)(const Stream *stream, int own, double *const *M, double *const *G)
{
    ALIGNED double p[PIECE * L], q[PIECE * L], xs[PIECE * L], ys[PIECE * L];
    for (size_t i = stream->count; i-- > 0;) {
        const int *c = stream->code + stream->offsets[i];
        for (int r = 0, n; c[FLAGS] & NEEDS && r < c[REPEAT]; r += n) {
            const ptrdiff_t at = (ptrdiff_t)(c[DST] + r) * L, after = (ptrdiff_t)(c[POST_DST] + r) * L;
            const double *z = M[own] + at;
            n = c[REPEAT] - r < PIECE ? c[REPEAT] - r : PIECE;
            if (c[CODE]) {
                const int b = c[BITS], x_at = c[X] + r * c[X_STEP], y_at = c[Y] + r * c[Y_STEP];
                const double *x = FN(rows)(M, b & A_LANE, x_at, c[X_STEP], n, xs);
                const double *y = b & PRODUCT ? FN(rows)(M, (b & B_LANE) != 0, y_at, c[Y_STEP], n, ys) : x;
                FT(pass_on)(c[CODE], (size_t)n * L, x, y, z, G[own] + at, p, q);
                if (b & GRAD_A)
                    FN(scatter)(G, b & A_LANE, x_at, c[X_STEP], n, p);
                if (b & GRAD_B)
                    FN(scatter)(G, (b & B_LANE) != 0, y_at, c[Y_STEP], n, q);
                continue;
            }
            if (c[POST]) {
                const double *y = FN(post_constant)(c, r, n, z, M, ys);
                FT(pass_on)(c[POST], (size_t)n * L, z, y, M[own] + after, G[own] + after, p, q);
            } else
                for (int k = 0; k < n * L; k++) {
                    p[k] = G[own][at + k];
                    G[own][at + k] = 0;
                }
            FN(sum_back)(c, r, n, p, M, G);
        }
    }
}

/* n samples of a batch from `first` on, n <= L. */
static void FN(block)(Call *call, Scratch *s, ptrdiff_t first, int n)
{
    const Program *p = call->program;
    double *const M[2] = {s->U, s->V}, *const G[2] = {s->GU, s->GV};
    for (int i = 0; i < p->inputs; i++) {
        const double *x = call->X + first * p->inputs + i;
        /* the lanes behind the last sample repeat it, so that they are finite; their adjoint is 0 */
        for (int l = 0; l < L; l++, x += l < n ? p->inputs : 0)
            s->V[(ptrdiff_t)i * L + l] = *x;
    }
    FN(forward)(&p->lanes, LANES, M);
    for (int o = 0; o < p->n_outputs; o++) {
        const int lane = p->outputs[2 * o], slot = p->outputs[2 * o + 1];
        const double *row = M[lane] + (ptrdiff_t)slot * (lane ? L : 1);
        if (o == 0) {
            double sum = 0; /* in a register */
            for (int l = 0; l < n; l++)
                sum += row[lane ? l : 0];
            call->value += sum;
        }
        for (int l = 0; call->outputs && l < n; l++)
            call->outputs[(first + l) * p->n_outputs + o] = row[lane ? l : 0];
    }
    if (call->gradients && p->collects) {
        double *seeded = G[p->outputs[0]] + (ptrdiff_t)p->outputs[1] * (p->outputs[0] ? L : 1);
        for (int l = 0; l < n; l++)
            seeded[p->outputs[0] ? l : 0] += 1;
        if (p->outputs[0])
            FN(backward)(&p->lanes, LANES, M, G);
    }
}
#undef PIECE
