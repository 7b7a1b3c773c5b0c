/* Strict JSON to Python values: the extension's module function `parse` (value.c). */
#ifndef BFF_VALUE_H
#define BFF_VALUE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "table.h"

extern const Numbers PYTHON_NUMBERS; /* read and written by CPython itself (module.c) */

/* parse(json: bytes, depth: int, nodes: int) -> value | NotImplemented (declined) */
PyObject *value_parse(PyObject *self, PyObject *const *args, Py_ssize_t count);

#endif
