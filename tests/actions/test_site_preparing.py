"""What compiles for a minute says so."""

from __future__ import annotations

import threading

import pytest

from noonmark.actions import site_batches, site_cluster, site_preparing, site_proposals
from noonmark.inference.changes import calibration, compiled_loops, works, works_loops
from testkit.made_sites import write_site


def test_a_word_is_said_while_something_else_runs_and_not_after():
    said, heard = [], threading.Event()

    def progress(share, word):
        said.append((share, word))
        heard.set()

    with site_preparing.ticking(progress, "preparing", every_s=0.001):
        assert heard.wait(30)
    count = len(said)
    assert set(said) == {(0.0, "preparing")}
    with site_preparing.ticking(None, "preparing", every_s=0.001):
        pass
    assert len(said) == count and threading.active_count() >= 1


def test_the_word_ends_where_what_runs_fails():
    with pytest.raises(ValueError, match="broken"):  # noqa: SIM117
        with site_preparing.ticking(lambda *_: None, "preparing", every_s=0.001):
            raise ValueError("broken")
    assert all("say" not in thread.name for thread in threading.enumerate())


@pytest.mark.parametrize("is_cold", [True, False], ids=["cold", "ready"])
def test_three_made_series_are_fitted_where_the_loops_are_not_ready(monkeypatch, is_cold):
    fitted = []
    monkeypatch.setattr(works, "awaits_compiling", lambda: is_cold)
    monkeypatch.setattr(calibration, "fit", lambda *given: fitted.append(len(given[0].values)))
    site_preparing.prepare_loops()
    assert fitted == ([3] if is_cold else [])


@pytest.mark.slow
def test_what_is_compiled_for_made_series_is_what_a_site_needs(tmp_path):
    pytest.importorskip("numba", reason="needs the extra sites")
    loops = [compiled_loops, works_loops]
    site_preparing.prepare_loops()
    before = [_signatures(module) for module in loops]
    assert all(forms for module in before for name, forms in module.items() if name in _ENTRIES)
    site = write_site(tmp_path / "site", seed=1, built_on_day=200.0, dates=24, side=21)
    done = site_proposals.propose(site, options=site_proposals.ProposalOptions(each=40))
    assert done["features"][0]["sensors"][0]["why_not"] is None
    assert [_signatures(module) for module in loops] == before


_ENTRIES = ("fit", "fit_works")


def _signatures(module):
    """The forms that each loop of a module was compiled for."""
    held = vars(module).items()
    return {
        name: tuple(map(str, each.signatures)) for name, each in held if hasattr(each, "signatures")
    }


@pytest.fixture
def batch_order(monkeypatch):
    """What a batch of sites does, in order: prepares, or answers."""
    did = []
    monkeypatch.setattr(
        site_batches, "prepare_for_processes", lambda progress: did.append("prepares")
    )
    monkeypatch.setattr(site_batches, "_answers", lambda *given: iter(did.append("answers") or ()))
    return did


@pytest.mark.parametrize(
    ("where", "order"),
    [
        ({"jobs": 2}, ["prepares", "answers"]),
        ({}, ["prepares", "answers"]),
        ({"local_workers": 2}, ["prepares", "answers"]),
        ({"jobs": 1}, ["answers"]),
        ({"scheduler": "tcp://127.0.0.1:1"}, ["answers"]),
    ],
    ids=["jobs", "all-cores", "local-cluster", "this-process", "another-cluster"],
)
def test_loops_are_compiled_before_processes_start(batch_order, where, order):
    site_batches.propose_many([], **where)
    assert batch_order == order


def test_where_nothing_can_be_kept_each_process_compiles_and_that_is_said(monkeypatch):
    said = []
    monkeypatch.setattr(works, "is_kept", lambda: False)
    monkeypatch.setattr(works, "awaits_compiling", lambda: True)
    monkeypatch.setattr(calibration, "fit", lambda *given: pytest.fail("compiled in vain"))
    site_preparing.prepare_for_processes(lambda share, word: said.append(word))
    assert said == [site_preparing.NOT_KEPT]
    site_preparing.prepare_for_processes(None)


class _Cluster:
    """A cluster of three workers on two machines, that notes who was asked to prepare."""

    def __init__(self):
        self.asked = []

    def scheduler_info(self):
        return {"workers": {"w1": {"host": "a"}, "w2": {"host": "b"}, "w3": {"host": "b"}}}

    def submit(self, call, *, workers, **_):
        assert call is site_preparing.prepare_loops
        self.asked += workers
        return self

    def exception(self):
        return None


def test_one_worker_of_each_machine_of_a_cluster_compiles():
    cluster = _Cluster()
    site_cluster._prepare_machines(cluster)
    assert sorted(cluster.asked) == ["w1", "w3"]


def test_numpy_has_nothing_to_compile(monkeypatch):
    monkeypatch.setattr(works, "backend", lambda: "numpy")
    assert not works.awaits_compiling()
