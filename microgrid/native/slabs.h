/* Memory for nodes.

   Python's own allocator gives memory back to the system whenever a graph is freed, and the next graph has to
   fetch it again, page by page.  Here it comes in slabs; an empty slab is kept, and filled from its start the
   next time, so that nodes which are made one after the other lie one behind the other.  Only the thread that
   holds the GIL gets here. */
#include <stdint.h>
#include <stdlib.h>
#ifdef _WIN32
#include <malloc.h>
#else
#include <sys/mman.h>
#endif
#ifdef __SANITIZE_ADDRESS__ /* which then sees a node that is used after its end, as in memory of malloc's */
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(place, size)
#define ASAN_UNPOISON_MEMORY_REGION(place, size)
#endif

/* The bytes of a slab, which starts at a multiple of them; how many empty ones are kept: 16 MB. */
enum { SLAB = 1 << 18, KEPT = 64 };

typedef struct slab {
  struct slab *next, *previous; /* in one of the two lists below; a full slab is in none */
  void *holes;                  /* places that were given back, each holding the address of the next */
  char *fresh;                  /* from here on no place has been used */
  size_t used;
} slab;

static slab *open_slabs, *empty_slabs; /* with places left, the one in use first; without a node */
static int kept;
static size_t room; /* of one node */
static PyTypeObject *node_type;

static slab *slab_of(void *place) { return (slab *)((uintptr_t)place & ~(uintptr_t)(SLAB - 1)); }

#ifdef _WIN32
static void *slab_map(void) { return _aligned_malloc(SLAB, SLAB); }
static void slab_unmap(slab *s) { _aligned_free(s); }
#else
static void *slab_map(void) {
  char *start = mmap(NULL, 2 * SLAB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  size_t before = -(uintptr_t)start & (SLAB - 1);
  if (before) munmap(start, before);
  munmap(start + before + SLAB, SLAB - before);
  return start + before;
}
static void slab_unmap(slab *s) {
  ASAN_UNPOISON_MEMORY_REGION(s, SLAB);
  munmap(s, SLAB);
}
#endif

static void slab_reset(slab *s) {
  s->holes = NULL;
  s->fresh = (char *)(s + 1);
  s->used = 0;
}

static void slab_link(slab *s) {
  s->next = open_slabs;
  s->previous = NULL;
  if (open_slabs) open_slabs->previous = s;
  open_slabs = s;
}

static void slab_unlink(slab *s) {
  *(s->previous ? &s->previous->next : &open_slabs) = s->next;
  if (s->next) s->next->previous = s->previous;
}

static int slab_open(void) {
  slab *s = empty_slabs;
  if (s) {
    empty_slabs = s->next;
    kept--;
  } else {
    if (!(s = slab_map())) return 0;
    slab_reset(s);
  }
  slab_link(s);
  return 1;
}

static inline void *slab_place(void) {
  if (!open_slabs && !slab_open()) return PyErr_NoMemory();
  slab *s = open_slabs;
  void *place = s->holes ? s->holes : s->fresh;
  ASAN_UNPOISON_MEMORY_REGION(place, room);
  if (s->holes) s->holes = *(void **)place;
  else s->fresh += room;
  s->used++;
  if (!s->holes && s->fresh + room > (char *)s + SLAB) slab_unlink(s);
  return place;
}

static inline PyObject *node_alloc(PyTypeObject *type, Py_ssize_t items) {
  (void)items;
  void *place = slab_place();
  return place ? PyObject_Init(memset(place, 0, room), type) : NULL;
}

/* A node of the type itself, with nothing in its fields yet, not even zeros. */
static inline void *node_place(void) {
  PyObject *v = slab_place();
  if (!v) return NULL;
  *(void **)((char *)v + node_type->tp_weaklistoffset) = NULL;
#if defined(Py_TRACE_REFS) || defined(Py_REF_DEBUG) || PY_VERSION_HEX >= 0x030e0000
  return PyObject_Init(memset(v, 0, sizeof *v), node_type);
#else /* the same, without a call */
  v->ob_refcnt = 1;
  v->ob_type = node_type;
  return v;
#endif
}

static inline void node_free(void *place) {
  slab *s = slab_of(place);
  int was_full = !s->holes && s->fresh + room > (char *)s + SLAB;
  *(void **)place = s->holes;
  s->holes = place;
  ASAN_POISON_MEMORY_REGION(place, room);
  if (--s->used == 0) {
    if (!was_full) slab_unlink(s);
    if (kept == KEPT) slab_unmap(s);
    else {
      slab_reset(s);
      s->next = empty_slabs;
      empty_slabs = s;
      kept++;
    }
  } else if (was_full) slab_link(s);
}

/* Clears the weak references to a node without references; its memory goes where it came from, which for a
   subclass is elsewhere. */
static inline void give_back(void *v) {
  PyTypeObject *type = Py_TYPE(v);
  if (*(void **)((char *)v + type->tp_weaklistoffset)) PyObject_ClearWeakRefs(v);
  if (type == node_type) node_free(v);
  else type->tp_free(v);
}

/* Called once, when the module is imported. */
static inline void own_memory(PyObject *value_type, destructor dealloc) {
  PyTypeObject *type = node_type = (PyTypeObject *)value_type;
  room = type->tp_basicsize;
  type->tp_alloc = node_alloc;
  type->tp_free = node_free;
  type->tp_dealloc = dealloc;
}
