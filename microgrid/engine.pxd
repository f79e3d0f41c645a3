cimport cython

from .core cimport Blocks, Row

cdef extern from "Python.h":
    Py_ssize_t Py_REFCNT(object)

# 96 bytes: 16 of every Python object, 8 for weak references, and the fields
cdef class Value:
    cdef object __weakref__
    cdef public double _data
    cdef public double _grad
    cdef public double _da
    cdef public double _db
    cdef public Value _a
    cdef public Value _b
    cdef public object _label
    cdef public int _index
    cdef public unsigned int _serial  # starts again at 0 after 4,294,967,295
    cdef public int _scope
    cdef public unsigned short _code
    cdef public unsigned char _role

cdef Blocks BLOCKS
cdef Row ABS, ADD, DIV, EXP, LOG, MUL, NEG, POW, POWC, RELU, SIGMOID, SUB, TANH
cdef unsigned int newest
cdef double NONE_YET

@cython.locals(a=Value, constant_=double, z=double, da=double, _=double)
cpdef Value unary(Row row, object x, object constant=*)

@cython.locals(a=Value, b=Value, z=double, da=double, db=double)
cpdef binary(Row row, object x, object y)

@cython.locals(total=Value, product=Value, i=Py_ssize_t)
cpdef Value weighted_sum(Value start, list us, list vs, Row row=*, int place=*)

cpdef Value operand(Row row, object x, object other=*)

@cython.locals(made=Value)
cpdef Value leaf(double data, int role, object label=*)

cpdef Value node(Value v, double data, int code, Value a, Value b, double da, double db, int role=*)


cdef inline bint owned(Value v) noexcept:
    """Whether v is held by one variable alone, and may take others along when it goes."""
    return v is not None and v._a is not None and Py_REFCNT(v) == 1

cdef inline void release(Value v) noexcept:
    """Free what only the dying node v keeps alive, without recursing however deep that is.

    The nodes that wait for their end form a stack, each held by the label of the one above it, newest on top: that
    takes no memory, and the nodes made next get the places in the order in which they stood.
    """
    cdef Value a = v._a, b = v._b, top = None
    v._a = v._b = None
    while True:
        if a is b:
            b = None
        if owned(a):
            a._label, top = top, a
        if owned(b):
            b._label, top = top, b
        if top is None:
            return
        v, top = top, top._label
        a, b = v._a, v._b
        v._a = v._b = None
        v._label = ""
