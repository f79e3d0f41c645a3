/* Checks a program before it ever runs, so that a damaged file is an error message and not a stray memory
   access: every slot of every repeat and term is inside its memory, written once and before it is read, and
   an adjoint only goes where an instruction or the gradient takes it away again.  Also prepares the code for
   the kernel: every run becomes a product, a single lane operand moves to b, and SHARED and FLAT mark what
   can be worked off several repeats at once. */

typedef struct {
    const char *name;
    signed char arity, constant;
} Row;

#define R(code, name, arity, constant, straight) [code] = {#name, arity, constant},
static const Row TABLE[] = {MICROGRID_ROWS(R)};
#undef R

int microgrid_native(int code)
{
    return code > 0 && code < (int)(sizeof TABLE / sizeof *TABLE) && TABLE[code].name;
}

/* Terms that do not move are no error, but a damaged length would take for ever: more than this are one. */
#define MOST_ALIKE (1 << 24)

enum { READY = 1, RESULT = 2, COLLECTS = 4 }; /* what is known of a slot */

typedef struct {
    unsigned char *state[2]; /* of U's and V's slots */
    int slots[2];
} Slots;

/* n slots from `at` on become results; 0 if one is outside or has been written. */
static int claim(Slots *m, int own, int at, int step, int n, int collects)
{
    for (int r = 0; r < n; r++, at++) {
        if ((n > 1 && step != 1) || at < 0 || at >= m->slots[own] || m->state[own][at])
            return 0;
        m->state[own][at] = (unsigned char)(collects ? RESULT | COLLECTS : RESULT);
    }
    return 1;
}

static void make_ready(Slots *m, int own, int at, int n)
{
    for (int r = 0; r < n; r++)
        m->state[own][at + r] |= READY;
}

/* Whether an operand can be read, and its adjoint be added to, in every repeat and term. */
static int readable(const Slots *m, int own, int lane, int gradient, int at, int step, int length, int rep,
                    int repeat)
{
    const int wanted = READY | (gradient ? COLLECTS : 0);
    if (lane && !own)
        return 0;
    for (int64_t r = 0; r < (rep ? repeat : 1); r++) /* what does not move is looked at once */
        for (int64_t k = 0; k < (step ? length : 1); k++) {
            const int64_t slot = at + k * step + r * rep;
            if (slot < 0 || slot >= m->slots[lane] || (m->state[lane][slot] & wanted) != wanted)
                return 0;
        }
    return 1;
}

static const char *results(Slots *m, int own, const int *c)
{
    const int needs = c[FLAGS] & NEEDS, post = c[CODE] ? 0 : c[POST];
    if (c[REPEAT] < 1 || (c[FLAGS] & ~NEEDS))
        return "its repeat or its flags are not possible";
    if (post ? !microgrid_native(post) || TABLE[post].arity != 1 : c[CODE] && !microgrid_native(c[CODE]))
        return "no such operation";
    if (!claim(m, own, c[DST], c[DST_STEP], c[REPEAT], needs && !post))
        return "its results are outside the memory, or written twice";
    if (post && !claim(m, own, c[POST_DST], c[POST_DST_STEP], c[REPEAT], needs))
        return "its activations are outside the memory, or written twice";
    return NULL;
}

/* `cost` adds up about how many ns one sample takes, forward and backward, which decides about threads. */
static const char *operands(const Slots *m, int own, int *c, double *cost)
{
    static const char *const unreadable =
        "an operand is outside the memory, not yet computed, or takes no gradient";
    const int n = c[REPEAT], needs = c[FLAGS] & NEEDS;
    if (c[CODE]) {
        const Row *row = TABLE + c[CODE];
        const int b = c[BITS];
        *cost += 20.0 * n;
        c[X_STEP] = n > 1 ? c[X_STEP] : 1;
        c[Y_STEP] = n > 1 ? c[Y_STEP] : 1;
        if ((b & (GRAD_A | GRAD_B) && !needs) || !(b & PRODUCT) != (row->arity == 1 && !row->constant) ||
            (row->arity == 1 && b & (B_LANE | GRAD_B)))
            return "its operands do not fit its operation";
        if (!readable(m, own, b & A_LANE, b & GRAD_A, c[X], 0, 1, c[X_STEP], n) ||
            (b & PRODUCT && !readable(m, own, (b & B_LANE) != 0, b & GRAD_B, c[Y], 0, 1, c[Y_STEP], n)))
            return unreadable;
        return NULL;
    }
    int shared = n >= TILE, flat = 1, longest = 1;
    for (int *q = c + FIRST_RUN, *end = c + c[SIZE]; q < end; q += RUN_SIZE) {
        const int bits = q[RUN_BITS], product = bits & PRODUCT;
        if (q[LENGTH] == 1) /* steps that are never made may be anything */
            q[A_STEP] = q[B_STEP] = 0;
        if (n == 1)
            q[A_REP] = q[B_REP] = 0;
        if (q[LENGTH] > MOST_ALIKE && !q[A_STEP] && !(product && q[B_STEP]))
            return "it adds the same term over and over";
        if (q[LENGTH] < 1 || (bits & (GRAD_A | GRAD_B) && !needs) || (!product && bits & (B_LANE | GRAD_B)))
            return "a run of terms is not possible";
        if (!readable(m, own, bits & A_LANE, bits & GRAD_A, q[A], q[A_STEP], q[LENGTH], q[A_REP], n))
            return unreadable;
        const int b_lane = (bits & B_LANE) != 0;
        if (product && !readable(m, own, b_lane, bits & GRAD_B, q[B], q[B_STEP], q[LENGTH], q[B_REP], n))
            return unreadable;
        if (!product) { /* a term alone is multiplied by the 1.0 behind U */
            const int one[] = {m->slots[UNIFORM], 0, 0};
            memcpy(q + B, one, sizeof one);
        }
        if (bits & A_LANE && !(bits & B_LANE)) {
            const int a[] = {q[A], q[A_STEP], q[A_REP]};
            memcpy(q + A, q + B, sizeof a);
            memcpy(q + B, a, sizeof a);
            q[RUN_BITS] = (bits & MINUS) | B_LANE;
            q[RUN_BITS] |= (bits & GRAD_A ? GRAD_B : 0) | (bits & GRAD_B ? GRAD_A : 0);
        }
        shared &= !(q[RUN_BITS] & A_LANE) && (!(q[RUN_BITS] & B_LANE) || q[B_REP] == 0);
        flat &= (unsigned)q[A_REP] <= 1 && (unsigned)q[B_REP] <= 1;
        longest = q[LENGTH] > longest ? q[LENGTH] : longest;
        *cost += 0.15 * n * q[LENGTH];
    }
    c[POST_Y_STEP] = n > 1 ? c[POST_Y_STEP] : 1;
    c[FLAGS] |= (shared ? SHARED : 0) | (flat && n > 1 && 2 * n >= longest ? FLAT : 0);
    if (c[POST]) {
        *cost += 10.0 * n;
        if (!TABLE[c[POST]].constant)
            c[POST_Y] = -1;
        else if (!readable(m, own, UNIFORM, 0, c[POST_Y], 0, 1, c[POST_Y_STEP], n))
            return unreadable;
    }
    return NULL;
}

/* Whether the records of a stream lie back to back, each as long as it says. */
static const char *records(const Stream *s, size_t *i)
{
    size_t at = 0;
    for (*i = 0; *i < s->count; ++*i) {
        const int *c = s->code + at;
        const size_t left = s->size - at;
        if (s->offsets[*i] < 0 || (size_t)s->offsets[*i] != at)
            return "its record is cut off";
        if (left < ROW_SIZE || c[SIZE] < ROW_SIZE || (size_t)c[SIZE] > left)
            return "its record is cut off";
        if (c[CODE] ? c[SIZE] != ROW_SIZE
                    : left < FIRST_RUN || c[RUNS] < 1 || c[SIZE] != FIRST_RUN + (int64_t)RUN_SIZE * c[RUNS])
            return "its record has the wrong length";
        at += (size_t)c[SIZE];
    }
    return at == s->size ? NULL : "code follows the last one";
}

static const char *check(Program *p, Slots *m, int *own, size_t *i)
{
    const Stream *streams[] = {&p->uniform, &p->lanes};
    const char *wrong = NULL;
    for (*own = 0; *own < 2; ++*own)
        if ((wrong = records(streams[*own], i)))
            return wrong;
    memset(m->state[UNIFORM], READY | COLLECTS, (size_t)p->parameters);
    memset(m->state[LANES], READY, (size_t)p->inputs);
    for (*own = 0; *own < 2; ++*own)
        for (*i = 0; *i < streams[*own]->count; ++*i)
            if ((wrong = results(m, *own, streams[*own]->code + streams[*own]->offsets[*i])))
                return wrong;
    for (int k = p->parameters; k < p->uniform_slots; k++)
        m->state[UNIFORM][k] |= m->state[UNIFORM][k] & RESULT ? 0 : READY; /* constants */
    for (*own = 0; *own < 2; ++*own)
        for (*i = 0; *i < streams[*own]->count; ++*i) {
            int *c = streams[*own]->code + streams[*own]->offsets[*i];
            double cost = 0;
            if ((wrong = operands(m, *own, c, &cost)))
                return wrong;
            p->cost += *own ? cost : 0;
            make_ready(m, *own, c[DST], c[REPEAT]);
            if (!c[CODE] && c[POST])
                make_ready(m, *own, c[POST_DST], c[REPEAT]);
        }
    for (int o = 0; o < p->n_outputs; o++) {
        const int lane = p->outputs[2 * o], slot = p->outputs[2 * o + 1];
        if ((unsigned)lane > 1 || slot < 0 || slot >= m->slots[lane] || !(m->state[lane][slot] & READY))
            return "an output is outside the memory";
    }
    p->collects = p->n_outputs == 1 && m->state[p->outputs[0]][p->outputs[1]] & COLLECTS;
    return NULL;
}

const char *microgrid_check(Program *p, const char **stream, size_t *instruction)
{
    Slots m = {{NULL, NULL}, {p->uniform_slots, p->lane_slots}};
    int own = 0;
    const char *wrong = "the sizes of its memories are not possible";
    if (p->parameters < 0 || p->inputs < 0 || p->parameters > p->uniform_slots || p->inputs > p->lane_slots)
        return wrong;
    m.state[UNIFORM] = calloc((size_t)p->uniform_slots + 1, 1);
    m.state[LANES] = calloc((size_t)p->lane_slots + 1, 1);
    wrong = "there is no memory to check it";
    if (m.state[UNIFORM] && m.state[LANES])
        wrong = check(p, &m, &own, instruction);
    *stream = own ? "lanes" : "uniform";
    free(m.state[UNIFORM]);
    free(m.state[LANES]);
    return wrong;
}
