"""Sealed bundles in the forms of archives: RO-Crate, BagIt, OCFL; in each the bundle still checks
itself.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.packages import bagit, export, ocfl, tree
from tests.evidence import sealed_case

INNER = {"bagit": "data", "ocfl": "v1/content", "ro-crate": "bundle"}


def packed(tmp_path: Path, form: str) -> Path:
    with sealed_case.make(tmp_path / "case") as vault:
        written = export.write(vault, tmp_path / "out", form)
        assert written.items == 2 and written.disclosure == "full"
    return tmp_path / "out"


@pytest.mark.parametrize("form", export.FORMS)
def test_the_bundle_within_checks_itself_with_nothing_but_python(tmp_path: Path, form: str) -> None:
    folder = packed(tmp_path, form) / INNER[form]
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "."], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_bag_and_the_object_are_sound_by_our_judges(tmp_path: Path) -> None:
    bag = bagit.judge(packed(tmp_path / "a", "bagit"))
    assert bag.ok and not bag.warnings
    thing = ocfl.judge(packed(tmp_path / "b", "ocfl"))
    assert thing.ok and not thing.warnings, (thing.problems, thing.warnings)


def test_the_references_accept_them(tmp_path: Path) -> None:
    validator = pytest.importorskip("ocfl.validator", reason="ocfl-py is not installed").Validator()
    assert validator.validate_object(str(packed(tmp_path / "a", "ocfl")))
    library = pytest.importorskip("bagit", reason="bagit-python is not installed")
    assert library.Bag(str(packed(tmp_path / "b", "bagit"))).validate()


def crate(tmp_path: Path) -> tuple[Path, dict[str, Any], dict[str, dict[str, Any]]]:
    folder = packed(tmp_path, "ro-crate")
    made = json.loads((folder / "ro-crate-metadata.json").read_text())
    return folder, made, {entity["@id"]: entity for entity in made["@graph"]}


def test_the_crate_describes_every_file_with_its_digest_and_size(tmp_path: Path) -> None:
    folder, _, entities = crate(tmp_path)
    files = {n for n, _ in tree.walk(folder)} - {"ro-crate-metadata.json"}
    described = {name: e for name, e in entities.items() if e["@type"] == "File"}
    assert set(described) == files == {part["@id"] for part in entities["./"]["hasPart"]}
    for name, entity in described.items():
        data = (folder / name).read_bytes()
        assert (entity["sha256"], entity["contentSize"]) == (
            hashlib.sha256(data).hexdigest(),
            str(len(data)),
        )


def test_the_crate_has_what_the_specification_requires(tmp_path: Path) -> None:
    _, made, entities = crate(tmp_path)
    assert made["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"} and descriptor[
        "about"
    ] == {"@id": "./"}
    assert {"name", "description", "datePublished", "license", "hasPart"} <= set(root)
    assert len(made["@graph"]) == len(entities)
    refs = {
        v["@id"]
        for e in entities.values()
        for v in e.values()
        if isinstance(v, dict) and "@id" in v
    }
    refs |= {
        v["@id"] for e in entities.values() for vs in e.values() if isinstance(vs, list) for v in vs
    }
    assert refs - set(entities) == {"https://w3id.org/ro/crate/1.1"}


def test_the_crate_tells_the_collection_and_the_derivation(tmp_path: Path) -> None:
    _, _, entities = crate(tmp_path)
    actions = [e for e in entities.values() if e["@type"] == "CreateAction"]
    assert [a["name"] for a in actions] == ["collection: saved from the web", "derivation: frame"]
    assert entities[actions[0]["result"][0]["@id"]]["name"].startswith("clip")
    assert entities[actions[1]["result"]["@id"]]["name"] == "frame.png"
    assert actions[0]["object"] == {"@id": "https://example.org/post"}


def test_the_library_rocrate_reads_it(tmp_path: Path) -> None:
    library = pytest.importorskip("rocrate.rocrate", reason="rocrate is not installed")
    folder, _, entities = crate(tmp_path)
    read = library.ROCrate(str(folder))
    assert {e.id for e in read.get_entities()} >= {
        n for n, e in entities.items() if e["@type"] == "File"
    }


def test_a_package_is_whole_or_not_there(tmp_path: Path) -> None:
    with sealed_case.make(tmp_path / "case") as vault:
        victim = vault.store.get(next(iter(vault.present())))
        victim.chmod(0o600)
        victim.write_bytes(b"x")
        for form in export.FORMS:
            with pytest.raises(EvidenceError):
                export.write(vault, tmp_path / "out", form)
        with pytest.raises(InputError, match="not a form"):
            export.write(vault, tmp_path / "out", "tarball")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case", "key"]
