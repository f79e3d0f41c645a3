"""The memory of arrays, for what reads and writes it in C: no form but that of C's own doubles is taken."""


cdef extern from "Python.h":
    ctypedef struct Py_buffer:
        void *buf
        void *obj
        int ndim
        const char *format
        Py_ssize_t *shape

    const int PyBUF_FORMAT
    const int PyBUF_C_CONTIGUOUS
    const int PyBUF_WRITABLE
    bint PyObject_CheckBuffer(object source)
    int PyObject_GetBuffer(object source, Py_buffer *view, int flags) except -1
    void PyBuffer_Release(Py_buffer *view)


cdef inline bint doubles(object source, object ndarray, int dimensions, Py_buffer *view, int more=0):
    """Open an array's memory; False if it does not hold doubles, in C order, in that many dimensions.

    `ndarray` is NumPy's type, `more` a further demand, such as PyBUF_WRITABLE.
    """
    cdef bint aligned, plain
    view.obj = NULL
    if not PyObject_CheckBuffer(source):
        return False
    if type(source) is not ndarray and hasattr(source, "mask"):  # hidden numbers are none to compute with
        return False
    try:
        PyObject_GetBuffer(source, view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | more)
    except Exception:  # whatever its owner says, its memory is not to be had
        return False
    aligned = <size_t>view.buf % sizeof(double) == 0
    plain = view.format != NULL and view.format[0] == b"d" and view.format[1] == 0
    return aligned and plain and view.ndim == dimensions


cdef inline void release(Py_buffer *view):
    if view.obj != NULL:
        PyBuffer_Release(view)
