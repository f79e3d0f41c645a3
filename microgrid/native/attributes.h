/* What Python code cannot do to a type of C. */

/* Enter an attribute of all instances. */
static inline int set_on_class(PyObject *type, PyObject *name, PyObject *descriptor) {
  int failed = PyDict_SetItem(((PyTypeObject *)type)->tp_dict, name, descriptor);
  PyType_Modified((PyTypeObject *)type);
  return failed;
}
