"""Studies: the numbers of single fits on every engine, failures that are told, crashes that lose nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

import pytest

from helpers.studied import OPTIONS, X, Y, make
from microgrid import nn, optim, train
from microgrid.errors import CheckpointError, GraphError

GRID = {"width": [2, 5], "lr": [0.1, 0.01], "seed": [3, 4]}


def alone(width: int, lr: float, seed: int) -> tuple[list[float], list[float]]:
    """The losses and the parameters of one fit by itself."""
    random.seed(seed)
    model, more = make(width, lr)
    history = train.fit(model, X, Y, seed=seed, progress=False, **OPTIONS, **more)
    return history["validation_loss"], [p.data for p in model.parameters()]


def same_as_alone(study: train.Study) -> None:
    assert [tuple(fitted.settings.values()) for fitted in study] == [
        (width, lr, seed) for width in (2, 5) for lr in (0.1, 0.01) for seed in (3, 4)
    ]
    for fitted in study:
        losses, parameters = alone(**fitted.settings)
        assert fitted.history is not None, fitted.error
        assert fitted.history["validation_loss"] == losses
        assert [p.data for p in study.model(fitted).parameters()] == parameters


def test_a_study_has_the_numbers_of_single_fits_and_leaves_the_random_numbers_alone():
    random.seed(77)
    state = random.getstate()
    study = train.sweep(make, GRID, X, Y, **OPTIONS)
    assert random.getstate() == state
    same_as_alone(study)
    losses = {tuple(f.settings.values()): alone(**f.settings)[0][-1] for f in study}
    assert tuple(study.best.settings.values()) == min(losses, key=losses.__getitem__)
    assert study.by == "validation_loss"
    table = str(study).splitlines()
    assert table[0].split() == ["width", "lr", "seed", "validation_loss", "epoch", "seconds"]
    assert [float(line.split()[3]) for line in table[1:]] == pytest.approx(sorted(losses.values()), rel=1e-3)


@pytest.mark.parametrize("kind", [ProcessPoolExecutor, ThreadPoolExecutor])
def test_pools_of_processes_and_of_threads_give_the_same(kind):
    more = {"mp_context": get_context("spawn")} if kind is ProcessPoolExecutor else {}
    with kind(2, **more) as pool:
        same_as_alone(train.sweep(make, GRID, X, Y, executor=pool, **OPTIONS))


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [
        {"n_jobs": 2, "return_as": "generator_unordered"},
        {"n_jobs": 2},
        {"n_jobs": 1},
        {"n_jobs": 2, "backend": "threading"},
    ],
    ids=["one by one", "as a list", "one job", "threads"],
)
def test_joblib_gives_the_same(how):
    joblib = pytest.importorskip("joblib")
    parallel = joblib.Parallel(**how)
    before = dict(vars(parallel))
    same_as_alone(train.sweep(make, GRID, X, Y, executor=parallel, **OPTIONS))
    assert parallel.return_generator == before["return_generator"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("grid", "how"), [((2, 3, 13, 4), {}), ((13, 2, 13, 3, 4, 5), {}), ((2, 13, 3, 13), {"pre_dispatch": "all"})],
    ids=["one", "two", "all sent at once"],
)  # fmt: skip
def test_a_fit_that_ends_its_worker_takes_no_other_fit_of_joblib_along(tmp_path, grid, how):
    joblib = pytest.importorskip("joblib")
    chosen = [{"width": w, "lr": 0.1, "seed": k} for k, w in enumerate(grid)]
    parallel = joblib.Parallel(n_jobs=2, **how)
    study = train.sweep(make, chosen, X, Y, executor=parallel, resume=tmp_path, **OPTIONS)
    assert [fitted.settings["width"] == 13 for fitted in study] == [bool(fitted.error) for fitted in study]
    assert all("its worker: RuntimeError: it was lost a second time" in fitted.error for fitted in study.failed)
    here = train.sweep(make, [one for one in chosen if one["width"] != 13], X, Y, **OPTIONS)
    assert [fitted.state for fitted in study if not fitted.error] == [fitted.state for fitted in here]
    assert len(list(tmp_path.iterdir())) == len(here)
    assert list(parallel(joblib.delayed(abs)(k) for k in (-1, -2))) == [1, 2]


@pytest.mark.slow
def test_what_joblib_cannot_send_is_said_of_each_fit():
    joblib = pytest.importorskip("joblib")
    grid = [{"width": (k for k in ()), "lr": 0.1}, {"width": 2, "lr": 0.1}]
    study = train.sweep(make, grid, X, Y, executor=joblib.Parallel(n_jobs=2), **OPTIONS)
    assert ["PicklingError" in fitted.error for fitted in study][:1] == [True]


@pytest.mark.slow
def test_dask_gives_the_same_and_takes_lambdas():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, dashboard_address=":0", worker_dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        on_dask = train.sweep(make, GRID, X, Y, executor=client, **OPTIONS)
        study = train.sweep(
            lambda lr: (nn.MLP(2, [2, 1]), {"optimizer": lambda ps: optim.SGD(ps, lr=lr)}),
            [{"lr": 0.01}, {"lr": "much"}], X, Y, executor=client, loss="mse", epochs=2,
        )  # fmt: skip
    assert [bool(fitted.error) for fitted in study] == [False, True]
    same_as_alone(on_dask)  # after Dask's threads, one of which draws from `random` in this process


@pytest.mark.slow
def test_the_only_worker_of_dask_dies_and_the_other_fits_are_computed():
    """With it the data are gone, which Dask cannot bring back by itself."""
    distributed = pytest.importorskip("distributed")
    options = {"dashboard_address": ":0", "worker_dashboard_address": ":0", "threads_per_worker": 1}
    grid = [{"width": w, "lr": 0.1} for w in (13, 2, 3, 4)]
    with (
        distributed.LocalCluster(n_workers=1, **options) as cluster,
        distributed.Client(cluster) as client,
    ):
        study = train.sweep(make, grid, X, Y, executor=client, **OPTIONS)
    here = train.sweep(make, grid[1:], X, Y, **OPTIONS)
    assert [fitted.state for fitted in study[1:]] == [fitted.state for fitted in here]
    assert study[0].error.startswith("its worker: RuntimeError: it was lost a second time, with this fit alone")


@pytest.mark.slow
def test_ray_gives_the_same():
    ray = pytest.importorskip("ray", reason="optional: ray")
    ray.init(
        num_cpus=2, include_dashboard=False, log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": os.pathsep.join(sys.path)}},
    )  # fmt: skip
    try:
        same_as_alone(train.sweep(make, GRID, X, Y, executor=ray, **OPTIONS))
    finally:
        ray.shutdown()


def test_a_fit_that_raises_is_reported_and_the_others_go_on():
    study = train.sweep(make, {"width": [-1, 3], "lr": [0.1]}, X, Y, **OPTIONS)
    (failed,) = study.failed
    assert failed.settings["width"] == -1
    assert failed.error == "ValueError: a layer has units"
    assert study.best.settings["width"] == 3
    assert "failed: width=-1, lr=0.1: ValueError: a layer has units" in str(study)
    with pytest.raises(GraphError, match=r"the fit with width=-1, lr=0.1 has no model: ValueError: a layer"):
        study.model(failed)
    nothing = train.sweep(make, {"width": [-1], "lr": [0.1]}, X, Y, **OPTIONS)
    with pytest.raises(GraphError, match=r"each fit of this study failed, so none is the best: .*a layer has units"):
        _ = nothing.best
    assert repr(nothing) == "Study of 1 fits, each of which failed"


def test_a_diverging_fit_counts_by_what_it_came_to():
    study = train.sweep(make, {"width": [3], "lr": [1e200, 0.01]}, X, Y, **OPTIONS)
    assert study.best.settings["lr"] == 0.01
    assert study[0].warnings or study[0].error


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("grid", [(2, 3, 13, 4), (13, 2, 13, 3)], ids=["one", "two"])
def test_a_fit_that_ends_its_worker_takes_no_other_fit_of_a_pool_along(tmp_path, grid, workers):
    """A pool of processes breaks with the first worker that dies."""
    chosen = [{"width": w, "lr": 0.1, "seed": k} for k, w in enumerate(grid)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        study = train.sweep(make, chosen, X, Y, executor=pool, resume=tmp_path, **OPTIONS)
    assert [fitted.settings["width"] == 13 for fitted in study] == [bool(fitted.error) for fitted in study]
    assert all("its worker: RuntimeError: it was lost a second time" in fitted.error for fitted in study.failed)
    here = train.sweep(make, [one for one in chosen if one["width"] != 13], X, Y, **OPTIONS)
    assert [fitted.state for fitted in study if not fitted.error] == [fitted.state for fitted in here]
    assert len(list(tmp_path.iterdir())) == len(here)


def test_a_pool_that_was_broken_before_is_said_at_once():
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        with pytest.raises(BrokenProcessPool):
            pool.submit(os._exit, 1).result()
        with pytest.raises(BrokenProcessPool):
            train.sweep(make, {"width": [2], "lr": [0.1]}, X, Y, executor=pool, **OPTIONS)


def test_the_table_has_a_word_for_a_fit_that_diverged_or_was_stopped(tmp_path):
    def steep(lr: float) -> Any:
        return nn.MLP(2, [2, 1]), {"optimizer": lambda ps: optim.Adam(ps, lr=lr)}

    for _ in range(2):  # the second time from its files
        study = train.sweep(steep, {"lr": [0.01, 1e9, 1e200]}, X, Y, loss="mse", epochs=8, resume=tmp_path)
        assert [fitted.trouble for fitted in study] == ["", "diverged", "stopped"]
        rows = {line.split()[0]: line.split()[4:] for line in str(study).splitlines()[1:]}
        assert rows == {"0.01": [], "1000000000.0": ["diverged"], "1e+200": ["stopped"]}


def test_a_worker_that_dies_is_told_and_a_second_call_computes_nothing_twice(tmp_path, monkeypatch):
    log = tmp_path / "log"
    monkeypatch.setenv("STUDY_LOG", str(log))
    grid = [{"width": w, "lr": 0.1} for w in (2, 3, 13, 4)]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        study = train.sweep(make, grid, X, Y, executor=pool, resume=tmp_path / "study", **OPTIONS)
    assert {f.settings["width"] for f in study.failed} == {13}
    again = train.sweep(make, [grid[0], grid[1], grid[3]], X, Y, resume=tmp_path / "study", **OPTIONS)
    assert not again.failed
    assert log.read_text().split() == ["2", "3", "4"]  # nothing was computed twice
    fresh = train.sweep(make, [grid[0], grid[1], grid[3]], X, Y, **OPTIONS)
    for one, other in zip(again, fresh):
        assert one.state == other.state
        assert one.history is not None
        assert other.history is not None
        assert one.history["loss"] == other.history["loss"]


def test_a_folder_of_another_study_or_a_damaged_file_is_refused(tmp_path):
    settings = {"width": [2], "lr": [0.1]}
    train.sweep(make, settings, X, Y, resume=tmp_path, **OPTIONS)
    (file,) = tmp_path.iterdir()
    with pytest.raises(CheckpointError, match="holds another run: study seed is 0 there and 1 here"):
        train.sweep(make, settings, X, Y, resume=tmp_path, seed=1, **OPTIONS)
    with pytest.raises(CheckpointError, match="checksum of the data"):
        train.sweep(make, settings, X, [y + 1 for y in Y], resume=tmp_path, **OPTIONS)
    file.write_bytes(file.read_bytes().replace(b"0.1", b"0.2", 1))
    with pytest.raises(CheckpointError, match=r"damaged or edited.*remove it, and the fit is computed again"):
        train.sweep(make, settings, X, Y, resume=tmp_path, **OPTIONS)


def test_a_killed_study_goes_on(tmp_path):
    code = (
        "import sys; from helpers import studied; from microgrid import train\n"
        "train.sweep(studied.make, {'width': range(14, 50), 'lr': [0.1]}, studied.X, studied.Y,"
        " resume=sys.argv[1], **studied.OPTIONS)\n"
    )
    folder, log = tmp_path / "study", tmp_path / "log"
    environment = os.environ | {"STUDY_LOG": str(log), "PYTHONPATH": os.pathsep.join(map(str, sys.path))}
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], env=environment)
    while not (folder.exists() and len(list(folder.glob("fit-*.json"))) >= 3):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(log.read_text().split())
    assert before < 36
    subprocess.run([sys.executable, "-c", code, str(folder)], env=environment, check=True)
    computed = log.read_text().split()
    assert sorted(set(computed), key=int) == [str(w) for w in range(14, 50)]
    assert len(computed) - 36 <= 1  # but for the one that was killed


def test_ctrl_c_returns_what_has_ended():
    calls = 0

    def interrupting(width: int, lr: float) -> Any:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return make(width, lr)

    with pytest.warns(RuntimeWarning, match="interrupted after 2 of 4 fits"):
        study = train.sweep(interrupting, {"width": [2, 3, 4, 5], "lr": [0.1]}, X, Y, **OPTIONS)
    assert len(study) == 2
    assert study.stopped == "interrupted after 2 of 4 fits"


def test_samples_by_hand_other_columns_and_a_frame():
    pandas = pytest.importorskip("pandas")
    sign = [float(y > 0) for y in Y]
    study = train.sweep(
        make, [{"width": 4, "lr": 0.5}, {"width": 4, "lr": 1e-9}], X, sign, by="accuracy",
        loss="bce_with_logits", epochs=60, metrics="accuracy", early_stopping=60,
    )  # fmt: skip
    scores = [fitted.score("accuracy") for fitted in study]
    assert study.best is study[0]
    assert scores[0] > scores[1]
    history = study[0].history
    assert history is not None
    assert study[0].epoch == history.best_epoch
    frame = study.dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert frame["accuracy"].tolist() == scores
    assert frame["lr"].tolist() == [0.5, 1e-9]


@pytest.mark.parametrize(
    ("settings", "options", "error", "says"),
    [
        ({"width": 3, "lr": [0.1]}, {}, TypeError, r"settings\['width'\] is a list of the values to try, got 3"),
        ([], {}, ValueError, "there is nothing to fit"),
        ([3], {}, TypeError, r"settings\[0\] is a dict"),
        ({"width": [2], "lr": [0.1]}, {"executor": 4}, TypeError, "executor is None for this process"),
        ({"width": [2], "lr": [0.1]}, {"by": "recall"}, ValueError, "by='recall' is no column"),
    ],
)
def test_mistakes_are_told_at_once(settings, options, error, says):
    with pytest.raises(error, match=says):
        train.sweep(make, settings, X, Y, **OPTIONS, **options)


def test_a_process_pool_is_not_sent_a_lambda():
    with ProcessPoolExecutor(1) as pool, pytest.raises(TypeError, match="cannot be sent this study"):
        train.sweep(lambda lr: nn.MLP(2, [1]), {"lr": [1]}, X, Y, executor=pool, **OPTIONS)
