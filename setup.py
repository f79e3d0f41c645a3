"""Builds the compiled modules where there is Cython and a C compiler; without them the package works, slower.

MICROGRID_PURE=1 builds nothing, and so does Windows; MICROGRID_REQUIRE_EXT=1 fails there, and where there is
no working compiler.
"""

import os
import sys
import sysconfig
from pathlib import Path
from threading import Lock

from setuptools import Extension, setup

try:
    from Cython.Build import build_ext, cythonize
except ImportError:
    build_ext = None

HERE = Path(__file__).resolve().parent
REQUIRED = os.environ.get("MICROGRID_REQUIRE_EXT", "") not in ("", "0")
NOTHING = {
    "MICROGRID_PURE is set": os.environ.get("MICROGRID_PURE", "") not in ("", "0"),
    "on Windows the compiler has no vector types": sys.platform == "win32",
    "Cython is missing": build_ext is None,
}
"""Why nothing is compiled, and whether it is so here."""
WANTED = not any(NOTHING.values())
if REQUIRED and not WANTED:
    why = " and ".join(reason for reason, holds in NOTHING.items() if holds)
    sys.exit(f"nothing would be compiled, because {why}: unset MICROGRID_REQUIRE_EXT to go on without")

os.environ["MICROGRID_PURE"] = "1"  # import the source below, not what an earlier build left beside it
sys.path.insert(0, str(HERE))
from microgrid.base import build  # noqa: E402
from microgrid.optim import rules  # noqa: E402
from microgrid.optim.native import rules_c  # noqa: E402
from microgrid.programs import rows_c  # noqa: E402

THREADS = "emscripten" not in sysconfig.get_platform()  # modules of Pyodide have none
DIRECTIVES = {
    "annotation_typing": False,  # annotations are for the reader: C types are in the .pxd files
    "boundscheck": False, "initializedcheck": False, "wraparound": False, "language_level": 3,
}  # fmt: skip
# Eager results are Python's to the last bit, so a*b + c is never fused into one rounding there.  Vector
# stores into small structures stall the scalar loads that follow, and `rep stos` is slow for 96 bytes: each
# costs 5 ns a node.
EAGER = ["-O3", "-g0", "-fno-math-errno", "-ffp-contract=off", "-fno-builtin-memset", "-fno-tree-vectorize"]
# The steps of optimisers have NumPy's bits.
STEPS = ["-O3", "-g0", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"]
KERNEL = [
    "-O3",
    "-g0",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-tree-loop-distribute-patterns",
    "-pthread",
]

C = "microgrid/native"


def extension(name: str, sources: list[str], flags: list[str]) -> Extension:
    return Extension(
        f"microgrid.{name}",
        sources,
        include_dirs=["microgrid"],
        depends=[str(path.relative_to(HERE)) for path in build.sources()],  # they share C structures
        extra_compile_args=[flag for flag in flags if flag != "-pthread" or THREADS],
        extra_link_args=["-pthread"] if THREADS else [],
        optional=not REQUIRED,
    )


def processors() -> int:
    """How many of them this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class BuildWithRows(build_ext or object):
    """Writes the rows as C before it compiles, into the folder of things made on the way.

    As many modules are compiled at once as there are processors, unless `build_ext -j` names another number.
    """

    cython = Lock()
    """Cython, which is not made for threads, translates one at a time; C compilers are processes."""

    def build_extensions(self) -> None:
        made = Path(self.build_temp, "microgrid")
        made.mkdir(parents=True, exist_ok=True)
        stamp = f'#define MICROGRID_BUILT_FROM "{build.digest().decode()}"\n'
        written = {
            "rows.h": rows_c.header() + stamp,
            "rules.h": rules_c.header(getattr(rules, name).row for name in rules.__all__),
        }
        changed = False
        for name, text in written.items():
            path = made / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                changed = True
        for one in self.extensions:
            one.include_dirs.append(str(made))
            if changed:  # so that nothing older runs beside the others where one of them fails to compile
                Path(self.get_ext_fullpath(one.name)).unlink(missing_ok=True)
        self.cython_c_in_temp = True
        self.parallel = self.parallel or processors()
        super().build_extensions()

    def build_extension(self, ext: Extension) -> None:
        with self.cython:
            includes = [*ext.include_dirs, *self.include_dirs]
            options = {
                "include_path": includes,
                "compiler_directives": DIRECTIVES,
                "build_dir": self.build_temp,
            }
            ext.sources = cythonize(ext, force=self.force, quiet=not self.verbose, **options)[0].sources
        super().build_extension(ext)  # to which nothing is left but C


extensions = [  # what takes longest first, so that no processor waits in the end
    extension("programs.kernel", ["microgrid/programs/kernel.pyx", f"{C}/program.c"], KERNEL),
    extension("optim.native.kernel", ["microgrid/optim/native/kernel.pyx", f"{C}/steps.c"], STEPS),
    *(extension(name, [f"microgrid/{name.replace('.', '/')}.py"], EAGER) for name in build.COMPILED),
    extension("base.stack", ["microgrid/base/stack.pyx"], EAGER),
]
setup(ext_modules=extensions if WANTED else [], cmdclass={"build_ext": BuildWithRows} if WANTED else {})
