cimport cython

from .streams cimport Stream

cdef int ADD, SUB, MUL, NEG, POWC, INSIDE, BEFORE, UNARY, CONSTANT, BUNDLE
# The names of instructions.py, as C ints.
cdef int CODE, FLAGS, DST, POST, POST_DST, POST_Y, RUNS, FIRST_RUN
cdef int RUN_BITS, LENGTH, A, A_STEP, A_REP, B, B_STEP, B_REP, RUN_SIZE
cdef int BITS, X, Y, ROW_SIZE, MORE_BITS, MORE_X, MORE_X_STEP, MORE_SIZE
cdef int A_LANE, GRAD_A, MINUS, NEEDS, PRODUCT

cdef class Lowering:
    cdef object recording, initial
    cdef int inputs, leaves, size
    cdef int[::1] code, a, b, slot, uses, terms, constant, kind, arity, bits, first, second
    cdef signed char[::1] role, lane, needs, absorbed
    cdef double[::1] data
    cdef Stream uniform, lanes

    @cython.locals(i=int)
    cdef int mark(self) except -1
    cdef int use(self, int j, int i) noexcept
    @cython.locals(i=int, code=int, x=int, y=int, left=int, right=int)
    cdef int absorb(self) except -1
    cdef int own(self, int j, int i) noexcept
    @cython.locals(i=int, k=int, longest=int, known=dict, results="int[2]", stream=Stream)
    cdef int allot(self) except -1
    @cython.locals(i=int, stream=Stream)
    cdef int emit(self) except -1
    @cython.locals(code="int[::1]", at=int, post=bint)
    cdef int sum(self, Stream stream, int head, int i) except -1
    @cython.locals(before=int, j=int, sign=int, k=int, x=int, y=int, minus=int)
    cdef int gather(self, Stream stream, int head) noexcept
    @cython.locals(x=int, y=int)
    cdef int term(self, Stream stream, int k, int j, int sign) noexcept
    cdef int operand(self, Stream stream, int j) noexcept
    @cython.locals(
        bits="int[::1]", first="int[::1]", second="int[::1]",
        runs=int, k=int, length=int, step=int, other=int, product=int
    )
    cdef int encode(self, int[::1] code, int at, int count) noexcept
    @cython.locals(code="int[::1]", at=int, size=int, rest=int, bundle=bint, j=int)
    cdef int row(self, Stream stream, int i) except -1
    @cython.locals(i=int)
    cdef object program(self)
