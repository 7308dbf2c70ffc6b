"""A worker that has been taken over can neither reach out, nor leave a mark, nor stay."""

import json
import os
import resource
import struct
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.errors import InputError, NoonmarkError, OutsideError
from noonmark.sandbox import process, protocol, running, self_check

_SMALL = process.WorkerLimits(cpu_s=2, wall_s=60, memory_bytes=256 << 20, output_bytes=1 << 20)
_ON_LINUX = sys.platform.startswith("linux")
_OF_LINUX = (
    ("signal by a pipe", "choose the signal", "signal on input", "watch a folder", "lock a file")
    if _ON_LINUX
    else ()
)
_SELFCHECK = Path(process.__file__).parent / "tasks" / "selfcheck.py"


def _misbehave(how: str, **limits: object) -> process.WorkerAnswer:
    return process.run("selfcheck", payload={"misbehave": how}, limits=replace(_SMALL, **limits))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks of Linux")
def test_every_attack_on_the_machine_is_stopped():
    found = self_check.status()
    assert found.whole, (
        f"possible from inside a worker: {found.possible}; locks that held: {found.locks}"
    )
    named = {"connect", "fork", "write a file", "change a file's mode", "read another file"}
    assert named | set(_OF_LINUX) | {"change a file's attributes"} <= set(found.refused)


def test_the_same_attacks_succeed_outside_the_sandbox(tmp_path):
    """The negative control: without the locks the self-check would see it."""
    target = tmp_path / "target"
    target.write_text("x")
    # 8 GiB of memory are there for the asking outside, so that this attack says nothing here
    payload = {"folder": str(tmp_path), "target": str(target), "leave_out": ["take memory"]}
    evidence = tmp_path / "evidence"
    evidence.write_text("x")
    code = (
        f"import os, runpy, json; m = runpy.run_path({str(_SELFCHECK)!r}); "
        f"fd = os.open({str(evidence)!r}, os.O_RDONLY); "
        f"print(json.dumps(m['main']({payload!r}, [fd])))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    stopped = json.loads(out)["stopped"]
    for attack in (
        "connect",
        "fork",
        "execute",
        "write a file",
        "delete a file",
        "change a file's mode",
        *_OF_LINUX,
    ):
        assert not stopped[attack], attack
    assert not target.exists()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("loop", "worker-time"),
        ("allocate", "worker-memory"),
        ("die", "worker-died"),
        ("flood", "worker-output"),
    ],
)
def test_a_worker_that_misbehaves_ends_with_one_sentence(how, code):
    used_s = _used_by_children_s()
    with pytest.raises(OutsideError) as caught:
        _misbehave(how)
    assert caught.value.code == code
    # Its CPU is bounded by its own limit whatever else the machine does: the soft one, and a second
    # to be found out.
    assert _used_by_children_s() - used_s < _SMALL.cpu_s + 1.0


def _used_by_children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_worker_that_sleeps_is_killed_by_the_clock_on_the_wall():
    with pytest.raises(OutsideError, match=r"within 0\.5 s") as caught:
        _misbehave("sleep", wall_s=0.5)
    assert caught.value.code == "worker-time"


def test_a_worker_that_babbles_does_not_fill_our_memory():
    with pytest.raises(OutsideError) as caught:
        _misbehave("babble", wall_s=1.0)
    assert caught.value.code == "worker-time"
    assert len(caught.value.details["complaint"]) <= 2000


def test_a_forged_answer_is_refused():
    with pytest.raises(OutsideError) as caught:
        _misbehave("forge")
    assert caught.value.code in ("worker-output", "worker-died")


def test_a_bomb_of_threads_is_bounded():
    assert _misbehave("threads").value["threads"] < 600


def test_an_output_over_its_cap_is_refused_and_leaves_nothing(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(OutsideError, match="OSError"):
        process.run(
            "selfcheck",
            payload={"misbehave": "fill"},
            outputs=[out],
            limits=replace(_SMALL, file_bytes=100_000),
        )
    assert not out.exists()


def test_strings_come_back_where_they_cannot_act():
    value = _misbehave("strings").value
    assert value == {"name": "a\\x1b[2J\\u202egpj\\x00", "deep": {"\\u2028": ["\\x07"]}}


def test_no_worker_outlives_its_call():
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children")
    if not children.exists():
        pytest.skip("this system does not list the children of a thread")
    before = set(children.read_text().split())  # other tests' pools leave a helper behind
    with pytest.raises(OutsideError):
        _misbehave("sleep", wall_s=0.3)
    assert set(children.read_text().split()) <= before


def test_an_output_that_exists_is_refused(tmp_path):
    out = tmp_path / "out"
    out.write_text("keep")
    with pytest.raises(InputError) as caught:
        process.run("selfcheck", payload={"misbehave": "fill"}, outputs=[out])
    assert caught.value.code == "output-exists"
    assert out.read_text() == "keep"


@pytest.mark.parametrize("kind", ["folder", "pipe", "missing"])
def test_what_is_not_a_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    if kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(InputError):
        process.run("selfcheck", payload={"misbehave": "strings"}, files=[path])


def test_a_program_runs_in_the_same_sandbox(tmp_path):
    file = tmp_path / "in"
    file.write_bytes(b"hello")
    assert process.run_program(["/bin/cat", "-"], file=file) == b"hello"
    write = ["/bin/sh", "-c", f"echo x > {tmp_path}/new; exit 0"]
    assert process.run_program(write, file=file, may_be_silent=True) == b""
    assert not (tmp_path / "new").exists()


def test_a_program_that_prints_nothing_is_an_error_whatever_its_exit_code(tmp_path):
    file = tmp_path / "in"
    file.write_bytes(b"hello")
    with pytest.raises(OutsideError, match="code 0 and printed nothing: sorry") as caught:
        process.run_program(["/bin/sh", "-c", "echo sorry >&2"], file=file)
    assert caught.value.code == "program-silent"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the locks of Linux")
def test_a_program_reads_the_folders_that_it_is_given(tmp_path):
    file, words = tmp_path / "in", tmp_path / "languages" / "words"
    file.write_bytes(b"hello")
    words.parent.mkdir()
    words.write_text("salam")
    read = ["/bin/cat", str(words)]
    with pytest.raises(OutsideError, match="ermission denied"):
        process.run_program(read, file=file)
    assert process.run_program(read, file=file, readable=[str(words.parent)]) == b"salam"


def test_the_task_must_be_a_plain_name():
    with pytest.raises(ValueError, match="no task"):
        process.run("../../evil", payload={})


def _frame(value: object, arrays: object, blob: bytes = b"") -> bytes:
    text = json.dumps({"value": value, "arrays": arrays}).encode()
    return protocol.MAGIC + struct.pack("<IQ", len(text), len(blob)) + text + blob


def test_an_array_comes_back_as_it_was():
    frame = _frame(
        {"a": {"$array": 0}}, [{"dtype": "u2", "shape": [2, 2]}], struct.pack("<4H", 1, 2, 3, 65535)
    )
    value, rest = protocol.first_frame(frame + b"more")
    assert value["a"].tolist() == [[1, 2], [3, 65535]]
    assert not value["a"].flags.writeable
    assert rest == b"more"


@pytest.mark.parametrize(
    ("value", "arrays", "blob"),
    [
        ({"a": {"$array": 1}}, [{"dtype": "u1", "shape": [1]}], b"x"),
        ({"a": 1}, [{"dtype": "O", "shape": [1]}], b"x"),
        ({"a": 1}, [{"dtype": [], "shape": [1]}], b"x"),
        ({"a": 1}, [{"dtype": "u1", "shape": [2]}], b"x"),
        ({"a": 1}, [{"dtype": "u8", "shape": [1 << 40, 1 << 40]}], b"x"),
        ({"a": 1}, [{"dtype": "u1", "shape": [-1]}], b""),
        ({"a": 1}, [], b"left over"),
        ([1], [], b""),
        ({"a": float("nan")}, [], b""),
        ({"a": 1e999}, [], b""),
    ],
)
def test_an_answer_not_of_the_agreed_form_is_refused(value, arrays, blob):
    with pytest.raises(protocol.Garbled):
        protocol.first_frame(_frame(value, arrays, blob))


def test_an_answer_nested_ten_thousand_deep_is_refused():
    text = b'{"value":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b',"arrays":[]}'
    with pytest.raises(protocol.Garbled):
        protocol.first_frame(protocol.MAGIC + struct.pack("<IQ", len(text), 0) + text)


@given(st.binary(max_size=200))
def test_no_bytes_from_a_worker_raise_anything_but_garbled(data):
    for candidate in (
        data,
        protocol.MAGIC + data,
        protocol.MAGIC + struct.pack("<IQ", len(data), 0) + data,
    ):
        try:
            protocol.first_frame(candidate)
        except protocol.Garbled:
            pass
        except NoonmarkError:
            pytest.fail("a parser must not decide what an error means")


def test_a_program_that_ends_kills_its_workers_and_starts_no_other(monkeypatch):
    monkeypatch.setattr(running, "_ending", threading.Event())
    told = []

    def work():
        try:
            _misbehave("sleep", wall_s=600.0)
        except OutsideError as error:
            told.append(error)

    monkeypatch.setattr(running, "add", _then(running.add, started := threading.Event()))
    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(60)
    running.end_all()
    thread.join(60)
    assert [error.code for error in told] == ["worker-died"]
    with pytest.raises(OutsideError) as refused:
        _misbehave("sleep", wall_s=600.0)
    assert "ending" in refused.value.message


def _then(function, event):
    def both(*given):
        function(*given)
        event.set()

    return both
