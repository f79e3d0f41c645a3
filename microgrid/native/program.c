/* The kernel: everything once per instruction set, chosen at run time; threads; and the check of what it is
   given.

   On x86 one file holds the code for SSE2, AVX2 and AVX-512 by target pragmas, so that a wheel built anywhere
   runs at full speed everywhere.  Compilers without vector types (MSVC) get plain loops, as does level
   "plain". */
#include "program.h"
#include "compiler.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FN(name) CAT(name, L, T)
#define FT(name) CAT(name, all, T)

/* Repeats worked off together.  Backward 4, whose sums over the lanes share their additions.  Forward as many
   as their sums, in rows of 4 vectors, leave registers for the weights: 4 on AVX-512; 3 on AVX2, where 12
   sums, 3 weights and a vector are all there is; 1 on the others, where each product takes a register too. */
#define TILE 4
#define FORWARD_TILE 1
#define UNROLL_ROW UNROLL_4 /* backward, where a row is 16 vectors or more */
#define T plain
#define VB 8
#include "target.h"
#undef T
#undef VB

#if defined(__GNUC__)
#define T vector16
#define VB 16
#include "target.h"
#undef T
#undef VB
#endif

#if defined(X86)
TARGET("avx2,fma")
#undef FORWARD_TILE
#define FORWARD_TILE 3
#undef UNROLL_ROW
#define UNROLL_ROW UNROLL
#define T avx2
#define VB 32
#include "target.h"
#undef T
#undef VB
END_TARGET
TARGET(AVX512)
#undef FORWARD_TILE
#define FORWARD_TILE 4
#define T avx512
#define VB 64
#include "target.h"
#undef T
#undef VB
END_TARGET
#endif

typedef struct {
    const char *name;
    void (*before)(const Program *, Scratch *);
    int (*samples)(Call *, Scratch *, ptrdiff_t, ptrdiff_t);
    int (*after)(const Program *, Scratch *, double, double *, int);
} Level;

#define LEVEL(name, T) {name, CAT(before, all, T), CAT(samples, all, T), CAT(after, all, T)}
static const Level LEVELS[] = {
    LEVEL("plain", plain),
#if defined(X86)
    LEVEL("sse2", vector16),
    LEVEL("avx2", avx2),
    LEVEL("avx512", avx512),
#elif defined(__GNUC__)
    LEVEL("vector16", vector16),
#endif
};

const char *microgrid_level(int index)
{
    const int sets = microgrid_sets();
    const int count = sets ? 1 + sets : (int)(sizeof LEVELS / sizeof *LEVELS);
    return index >= 0 && index < count ? LEVELS[index].name : NULL;
}

#include "check.h"

/* The addresses of the functions that a compiler made of the program. */
void microgrid_run_built(Program *p, size_t begin, size_t samples, size_t end, size_t doubles)
{
    p->built.begin = (void (*)(double *))begin;
    p->built.samples =
        (double (*)(const double *, double *, double *, const double *, ptrdiff_t, double *))samples;
    p->built.end = (void (*)(const double *, double *))end;
    p->built.doubles = doubles;
}

/* ---------------------------------------------------------------- memory */

int microgrid_lanes(const Call *call)
{
    if (call->each || call->batch <= 1)
        return 1;
    return call->batch <= 16 ? 8 : call->batch <= 32 ? 32 : 40; /* as many as `samples` takes at a time */
}

/* Values and adjoints; U is shared with `from` if there is one (lane code only reads it). */
static Scratch *scratch(const Program *p, int lanes, const Scratch *from)
{
    /* in cache lines of 8 doubles; U has one more, the 1.0 that single terms are multiplied by */
    const size_t uniform = ((size_t)p->uniform_slots + 1 + 7) / 8 * 8;
    const size_t rows = ((size_t)p->lane_slots * lanes + 7) / 8 * 8;
    const size_t own = (p->built.doubles + 7) / 8 * 8;
    const double bytes = 16.0 * ((double)uniform + (double)p->lane_slots * lanes + (double)own + 16);
    Scratch *s = malloc(sizeof *s);
    double *memory = NULL;
    if (bytes <= (double)(PTRDIFF_MAX / 2))
        memory = calloc(2 * uniform + 2 * rows + own + 8, sizeof(double)); /* adjoints start as zeros */
    if (!s || !memory) {
        free(s);
        free(memory);
        return NULL;
    }
    s->memory = memory;
    s->lanes = lanes;
    memory = (double *)(((uintptr_t)memory + 63) / 64 * 64); /* vectors of 64 bytes are loaded from it */
    s->U = from ? from->U : memory;
    s->GU = memory + uniform;
    s->V = memory + 2 * uniform;
    s->GV = s->V + rows;
    s->own = s->GV + rows;
    if (!from) {
        memcpy(s->U, p->initial, sizeof(double) * p->uniform_slots);
        s->U[p->uniform_slots] = 1;
    }
    return s;
}

Scratch *microgrid_scratch(const Program *p, int lanes) { return scratch(p, lanes, NULL); }

void microgrid_free(Scratch *s)
{
    if (s)
        free(s->memory);
    free(s);
}

/* ---------------------------------------------------------------- running */

#if defined(_WIN32)
#define MOST_THREADS 1
#else
#include <pthread.h>
#define MOST_THREADS 64
#endif

typedef struct {
    Call call;
    Scratch *scratch;
    ptrdiff_t first, last;
    int finite;
} Share;

static void *work(void *argument)
{
    Share *share = argument;
    const Level *level = LEVELS + share->call.level;
    share->finite = level->samples(&share->call, share->scratch, share->first, share->last);
    return NULL;
}

/* A thread costs 10 to 15 us: below 200 us there is one, above one for each 100 us of work. */
static int count_threads(const Call *call)
{
    const ptrdiff_t blocks = call->each ? call->batch : (call->batch + 31) / 32;
    const double us = 1e-3 * call->program->cost * (double)call->batch * (call->each ? 10 : 1);
    double n = call->threads ? call->threads : us < 200 ? 1 : us / 100;
    n = !call->threads && n > call->processors ? call->processors : n;
    n = n > MOST_THREADS ? MOST_THREADS : n;
    return n > (double)blocks ? (int)blocks : (int)n;
}

/* Shares of whole blocks.  Their gradients are added in the order of the shares, whichever is ready first. */
static int run_threads(Call *call, Scratch *s, int n)
{
    const ptrdiff_t block = call->each ? 1 : 32, blocks = (call->batch + block - 1) / block;
    Share shares[MOST_THREADS];
    int finite = 1;
    for (int t = 0; t < n; t++) {
        const ptrdiff_t last = blocks * (t + 1) / n * block;
        Share share = {*call, t ? scratch(call->program, s->lanes, s) : s, blocks * t / n * block, 0, 1};
        share.last = last < call->batch ? last : call->batch;
        shares[t] = share;
        finite = share.scratch ? finite : -1;
    }
#if defined(_WIN32)
    work(shares);
#else
    pthread_t threads[MOST_THREADS];
    int started[MOST_THREADS] = {0};
    for (int t = 1; t < n && finite > 0; t++)
        started[t] = !pthread_create(threads + t, NULL, work, shares + t);
    for (int t = 0; t < n && finite > 0; t++)
        if (!started[t])
            work(shares + t);
    for (int t = 1; t < n; t++)
        if (started[t])
            pthread_join(threads[t], NULL);
#endif
    for (int t = 0; t < n; t++) {
        finite = finite < 0 ? finite : finite & shares[t].finite;
        call->value += shares[t].call.value;
        for (int k = 0; t && finite >= 0 && k < call->program->uniform_slots; k++)
            s->GU[k] += shares[t].scratch->GU[k];
        if (t)
            microgrid_free(shares[t].scratch);
    }
    return finite;
}

int microgrid_run(Call *call, Scratch *s)
{
    const Program *p = call->program;
    const Level *level = LEVELS + call->level;
    const int threads = count_threads(call);
    memcpy(s->U, call->parameters, sizeof(double) * p->parameters);
    level->before(p, s);
    call->value = 0;
    int finite = threads > 1 ? run_threads(call, s, threads) : level->samples(call, s, 0, call->batch);
    if (finite > 0 && !call->outputs) /* with outputs nobody asks for their sum, which may overflow */
        finite = isfinite(call->value) != 0;
    if (finite >= 0 && call->gradients && !call->each)
        finite = level->after(p, s, call->scale, call->gradients, finite);
    return finite;
}
