/* One operation, as Python's floats compute it, by the number of its row; 1 where Python has to be asked. */
#include <math.h>

#define ROW_FORWARD(name) forward_##name
#include "rows.h"

static int any_row(int code, double x, double y, double *z, double *p, double *q) {
  switch (code) {
#define CASE(code, name, arity, constant, straight) case code: return forward_##name(x, y, z, p, q);
    MICROGRID_ROWS(CASE)
#undef CASE
  }
  return 1;
}

/* Most of what a network is are the first rows of the table: here without a call. */
static inline int row_forward(int code, double x, double y, double *z, double *p, double *q) {
  switch (code) {
#define CASE(code, name, arity, constant, straight) case code: if (code < 5) return forward_##name(x, y, z, p, q); break;
    MICROGRID_ROWS(CASE)
#undef CASE
  }
  return any_row(code, x, y, z, p, q);
}
