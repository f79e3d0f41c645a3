/* One operation, as Python's floats compute it, by the number of its row; 1 where Python has to be asked. */
#include <math.h>

#define ROW_FORWARD(name) forward_##name
#include "rows.h"

static int row_forward(int code, double x, double y, double *z, double *p, double *q) {
  switch (code) {
#define CASE(code, name, arity, constant) case code: return forward_##name(x, y, z, p, q);
    MICROGRID_ROWS(CASE)
#undef CASE
  }
  return 1;
}
