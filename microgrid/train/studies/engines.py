"""What computes the fits of a study: this process, or an engine of the user's, all by one interface."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import partial
from typing import Any, TypeAlias

__all__ = ["Engine", "engine_of"]

Work: TypeAlias = Callable[[Any], Any]
Ended: TypeAlias = "Iterator[tuple[int, Callable[[], Any]]]"
Engine: TypeAlias = Callable[[Work, Sequence[Any]], Ended]
"""Given some work and a sequence of tasks: the number of each task, in the order in which they end, and what
returns ``work(task)`` or raises what it raised."""

KNOWN = (
    "executor is None for this process, a concurrent.futures.Executor, a distributed.Client, the module ray, "
    "or a joblib.Parallel"
)

ALONE = "it was lost a second time, with this fit alone on it: look at its log (memory, a crash of a library)"


def engine_of(executor: Any) -> Engine:
    """How work is given to `executor`; TypeError if nobody knows."""
    if executor is None:
        return _here
    if getattr(executor, "__name__", "") == "ray":
        return partial(_on_ray, executor)
    library = type(executor).__module__.partition(".")[0]
    if library == "distributed" and hasattr(executor, "scatter"):
        return partial(_on_dask, executor)
    if library == "joblib" and callable(executor):
        return partial(_on_joblib, executor)
    if not isinstance(executor, type) and hasattr(executor, "submit") and hasattr(executor, "map"):
        return partial(_on_futures, executor)
    raise TypeError(f"{KNOWN}: got {type(executor).__name__} {executor!r:.80}")


def _here(work: Work, tasks: Sequence[Any]) -> Ended:
    for k, task in enumerate(tasks):
        yield k, partial(work, task)


def _on_futures(executor: Any, work: Work, tasks: Sequence[Any]) -> Ended:
    """Processes of `concurrent.futures`, and what has its interface, such as mpi4py.futures.

    A worker that dies breaks its pool of processes, and all that it had not given is lost: that is computed
    in pools of one worker, which are made as this one was, so that what ends its worker takes no other along.
    """
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from concurrent.futures.process import BrokenProcessPool

    again = isinstance(executor, ProcessPoolExecutor)
    if again:
        _check_pickles(work, tasks)
    places: dict[Any, int] = {}
    left = list(range(len(tasks)))
    try:
        try:
            for k, task in enumerate(tasks):
                places[executor.submit(work, task)] = k
        except BrokenProcessPool:
            if not again or not places:  # it came broken
                raise
        for future in as_completed(places):
            if not (again and isinstance(future.exception(), BrokenProcessPool)):
                left.remove(places[future])
                yield places[future], future.result
    finally:
        for future in places:
            future.cancel()
    if left:
        yield from _one_by_one(executor, work, tasks, left)


def _one_by_one(lost: Any, work: Work, tasks: Sequence[Any], left: Sequence[int]) -> Ended:
    """The tasks that are left, one after the other, in pools like the lost one: a new one after each loss."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    kept = ("mp_context", "initializer", "initargs")  # such as a start by "spawn"
    made: dict[str, Any] = {name: getattr(lost, f"_{name}") for name in kept}
    pool: ProcessPoolExecutor | None = None
    try:
        for k in left:
            pool = pool or ProcessPoolExecutor(1, **made)
            result: Any = None
            error: Exception | None = None
            try:
                result = pool.submit(work, tasks[k]).result()
            except BrokenProcessPool:
                error = RuntimeError(ALONE)
                pool.shutdown()
                pool = None
            except Exception as raised:
                error = raised
            yield k, partial(_given, result, error)
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _check_pickles(work: Work, tasks: Sequence[Any]) -> None:
    """What a pool cannot send it says for each task by itself, after a while."""
    try:
        pickle.dumps((work, tasks))
    except Exception as error:
        raise TypeError(
            f"a process pool cannot be sent this study ({error}): write `make`, losses and the like as "
            "functions of a module, or use Dask, Ray or joblib, which send lambdas too"
        ) from error


def _on_dask(client: Any, work: Work, tasks: Sequence[Any]) -> Ended:
    """Workers of Dask: the data are sent to each of them once.

    Dask repeats what a lost worker was computing, but data that lay on no other are gone, and with them all
    tasks: those are sent again, one by one, so that one of them that ends its worker takes no other along.
    """
    from concurrent.futures import CancelledError

    from distributed import as_completed

    left, together = list(range(len(tasks))), True
    while left:
        try:
            placed = client.scatter(work, broadcast=True, hash=False)
        except Exception as nobody:  # came back: what has ended is not lost with the others
            if together:
                raise
            yield from ((k, partial(_given, None, nobody)) for k in left)
            return
        chosen, left = (left, []) if together else (left[:1], left[1:])
        places = {client.submit(_call, placed, tasks[k], pure=False): k for k in chosen}
        try:
            for future in as_completed(list(places)):
                k = places[future]
                result: Any = None
                error: Exception | None = None
                try:
                    result = future.result()
                except CancelledError:
                    if together:
                        left.append(k)
                        continue
                    error = RuntimeError(ALONE)
                except Exception as raised:
                    error = raised
                yield k, partial(_given, result, error)
        finally:
            client.cancel(list(places))
        together = False


def _on_ray(ray: Any, work: Work, tasks: Sequence[Any]) -> Ended:
    """Workers of Ray: the data lie in its store, once for each machine."""
    placed, call = ray.put(work), ray.remote(_call)
    places = {call.remote(placed, task): k for k, task in enumerate(tasks)}
    waiting = list(places)
    try:
        while waiting:
            done, waiting = ray.wait(waiting)
            for reference in done:
                yield places[reference], partial(ray.get, reference)
    finally:
        for reference in waiting:
            ray.cancel(reference)


def _on_joblib(parallel: Any, work: Work, tasks: Sequence[Any]) -> Ended:
    """Workers of joblib, whose results are taken one by one as they end, where its backend can do that.

    A worker that dies breaks the pool, as in `concurrent.futures`, and joblib makes another at the next call:
    what had not ended is computed one by one until the task is found that did it, then all others together.
    """
    from concurrent.futures.process import BrokenProcessPool

    from joblib import delayed

    given = copy(parallel)
    given._jobs = deque()  # the user's own stays clean where a call breaks, and leaves some there
    if getattr(getattr(parallel, "_backend", None), "supports_return_generator", False):
        given.return_as, given.return_generator, given.return_ordered = "generator_unordered", True, False
    left, together = dict.fromkeys(range(len(tasks))), True
    while left:
        chosen = list(left) if together else [next(iter(left))]
        try:
            for k, result, error in given(delayed(_told)(work, k, tasks[k]) for k in chosen):
                del left[k]
                yield k, partial(_given, result, error)
        except BrokenProcessPool:
            together = not together
            if together:
                [k] = chosen
                del left[k]
                yield k, partial(_given, None, RuntimeError(ALONE))
        except Exception as never:  # what cannot be sent
            yield from ((k, partial(_given, None, never)) for k in left)
            return


def _call(work: Work, task: Any) -> Any:
    return work(task)


def _told(work: Work, k: int, task: Any) -> tuple[int, Any, BaseException | None]:
    try:
        return k, work(task), None
    except Exception as error:
        return k, None, error


def _given(result: Any, error: BaseException | None) -> Any:
    if error is not None:
        raise error
    return result
