/* The instruction format of a program, and what the kernel offers to its binding.

   A program has two memories of doubles: U (uniform: the same for the whole batch) and V (lanes: one row of
   doubles per slot, one double per sample), and two streams of instructions, each a record of ints that
   instructions.py describes; the names of its places, CODE, SIZE and so on, are made from there.  Adjoints
   live in two more memories of the same shapes.  They are all zero between passes: whoever reads an adjoint,
   the one instruction that made the slot, sets it back to zero, so nothing is ever cleared wholesale. */
#ifndef MICROGRID_PROGRAM_H
#define MICROGRID_PROGRAM_H
#include <stddef.h>

#define MICROGRID_CODE
#include "rows.h"
#undef MICROGRID_CODE
enum { UNIFORM, LANES };       /* the two memories, and what writes into them */
enum { SHARED = 2, FLAT = 4 }; /* two more FLAGS, which microgrid_check sets for the kernel alone */

typedef struct {
    int *code, *offsets;
    size_t size, count; /* of code, of offsets */
} Stream;

/* What a compiler made of a program (programs/c): the same passes, run instead of the interpreter's. */
typedef struct {
    void (*begin)(double *U);
    double (*samples)(const double *U, double *GU, double *memory, const double *X, ptrdiff_t n, double *out);
    void (*end)(const double *U, double *GU);
    size_t doubles; /* of memory */
} Built;

typedef struct {
    Stream uniform, lanes;
    const double *initial; /* U: parameters, constants, results */
    const int *outputs;    /* pairs: is_lane, slot */
    int parameters, inputs, uniform_slots, lane_slots, n_outputs;
    double cost;      /* nanoseconds per sample, roughly, forward and backward */
    int collects;     /* whether the first output passes an adjoint on */
    Built built;      /* all zero: the interpreter runs */
} Program;

typedef struct {
    double *U, *V;   /* values */
    double *GU, *GV; /* adjoints */
    double *own;     /* of what was built */
    void *memory;
    int lanes;       /* how many doubles a row of V has room for */
} Scratch;

typedef struct {
    const Program *program;
    const double *parameters, *X;
    ptrdiff_t batch;
    double *outputs;   /* (batch, n_outputs), or NULL */
    double *gradients; /* (parameters,) or, if each, (batch, parameters), or NULL */
    int each;
    double scale; /* what the sum of the gradients is multiplied by */
    double value; /* the sum of the first output over the batch */
    int threads, processors; /* 0: as many of the processors as pay */
    int level;
} Call;

/* NULL if the program is sound; otherwise what is wrong, and where. */
const char *microgrid_check(Program *program, const char **stream, size_t *instruction);
int microgrid_native(int code);
void microgrid_run_built(Program *program, size_t begin, size_t samples, size_t end, size_t doubles);
const char *microgrid_level(int index); /* NULL behind the last one this processor has */
Scratch *microgrid_scratch(const Program *program, int lanes);
void microgrid_free(Scratch *scratch);
int microgrid_lanes(const Call *call); /* the row length a call needs */
int microgrid_run(Call *call, Scratch *scratch); /* 1: all finite, 0: X or a result is not, -1: no memory */
#endif
