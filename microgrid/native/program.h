/* The instruction format of a program, and what the kernel offers to its binding.

   A program has two memories of doubles: U (uniform: the same for the whole batch) and V (lanes: one row of doubles
   per slot, one double per sample), and two streams of instructions, each a record of ints:
     SUM  0, size, repeat, flags, dst, dst_step, post, post_dst, post_dst_step, post_y, post_y_step, n_runs, runs...
          with runs of 8 ints: bits, length, a, a_step, a_rep, b, b_step, b_rep
     ROW  code, size, repeat, flags, dst, dst_step, bits, x, x_step, y, y_step
   Adjoints live in two more memories of the same shapes.  They are all zero between passes: whoever reads an
   adjoint, the one instruction that made the slot, sets it back to zero, so nothing is ever cleared wholesale. */
#ifndef MICROGRID_PROGRAM_H
#define MICROGRID_PROGRAM_H
#include <stddef.h>

enum { CODE, SIZE, REPEAT, FLAGS, DST, DST_STEP, POST, POST_DST, POST_DST_STEP, POST_Y, POST_Y_STEP, RUNS, FIRST_RUN };
enum { BITS = 6, X, X_STEP, Y, Y_STEP, ROW_SIZE };
enum { LENGTH = 1, A, A_STEP, A_REP, B, B_STEP, B_REP, RUN_SIZE };
enum { A_LANE = 1, B_LANE = 2, PRODUCT = 4, GRAD_A = 8, GRAD_B = 16, MINUS = 32 };
enum { NEEDS = 1, SHARED = 2, FLAT = 4 }; /* the last two are set by microgrid_check, for the kernel alone */

typedef struct {
    int *code, *offsets;
    size_t size, count; /* of code, of offsets */
} Stream;

typedef struct {
    Stream uniform, lanes;
    const double *initial; /* U: parameters, constants, results */
    const int *outputs;    /* pairs: is_lane, slot */
    int parameters, inputs, uniform_slots, lane_slots, n_outputs;
    double cost;      /* nanoseconds per sample, roughly, forward and backward */
    int collects;     /* whether the first output passes an adjoint on */
} Program;

typedef struct {
    double *U, *V;   /* values */
    double *GU, *GV; /* adjoints */
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
    double scale, value; /* what the sum of the gradients is multiplied by; sum of the first output over the batch */
    int threads, processors; /* 0: as many of the processors as pay */
    int level;
} Call;

const char *microgrid_check(Program *program, const char **stream, size_t *instruction); /* NULL if it is sound */
int microgrid_native(int code);
const char *microgrid_level(int index); /* NULL behind the last one this processor has */
Scratch *microgrid_scratch(const Program *program, int lanes);
void microgrid_free(Scratch *scratch);
int microgrid_lanes(const Call *call); /* the row length a call needs */
int microgrid_run(Call *call, Scratch *scratch); /* 1: all finite, 0: X or a result is not, -1: no memory */
#endif
