"""The tree against its definition, and against the vectors of transparency-dev."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.errors import EvidenceError
from noonmark.evidence import merkle

VECTORS = Path(__file__).parents[3] / "shared" / "data" / "custody" / "rfc6962-merkle" / "testdata"


def mth(leaves):
    """MTH of RFC 6962, Section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + mth(leaves[:split]) + mth(leaves[split:])).digest()


def grown(count):
    """Leaves, the post-order store over them, and how to read it."""
    leaves = [merkle.leaf_hash(bytes([i % 256, i // 256])) for i in range(count)]
    store, peaks = [], []
    for size, leaf in enumerate(leaves):
        store += merkle.grow(peaks, size, leaf)
        assert len(store) == merkle.stored(size + 1)
    return leaves, store.__getitem__


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 70))
def test_the_root_is_the_merkle_tree_hash_of_the_definition(count):
    leaves, read = grown(count)
    assert merkle.root_of_leaves(leaves) == mth(leaves)
    assert merkle.fold([read(merkle.place_of(*peak)) for peak in merkle.peaks_of(count)]) == mth(
        leaves
    )


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 70), st.data())
def test_every_inclusion_proof_holds_and_no_other_leaf_fits_it(size, data):
    leaves, read = grown(size + 5)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(read, index, size)
    root = mth(leaves[:size])
    merkle.check_inclusion(leaves[index], index, size, proof, root)
    with pytest.raises(EvidenceError):
        merkle.check_inclusion(merkle.leaf_hash(b"other"), index, size, proof, root)
    with pytest.raises(EvidenceError):
        merkle.check_inclusion(leaves[index], index, size, [*proof, root], root)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 70), st.data())
def test_every_consistency_proof_holds_and_a_rewritten_past_does_not(second, data):
    first = data.draw(st.integers(1, second))
    leaves, read = grown(second)
    proof = merkle.consistency_proof(read, first, second)
    merkle.check_consistency(first, second, proof, mth(leaves[:first]), mth(leaves))
    with pytest.raises(EvidenceError):
        merkle.check_consistency(first, second, proof, merkle.leaf_hash(b"forged"), mth(leaves))


def _b64(text):
    return base64.b64decode(text or "")


@pytest.mark.shared
@pytest.mark.skipif(not VECTORS.is_dir(), reason="../shared/data is not here")
def test_all_196_vectors_of_transparency_dev_are_judged_as_labelled():
    judged = 0
    for path in sorted(
        [*VECTORS.glob("inclusion/**/*.json"), *VECTORS.glob("consistency/**/*.json")]
    ):
        vector = json.loads(path.read_text())
        proof = [_b64(step) for step in vector["proof"] or []]
        try:
            if "leafIdx" in vector:
                root, leaf = _b64(vector["root"]), _b64(vector["leafHash"])
                merkle.check_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, root)
            else:
                roots = _b64(vector["root1"]), _b64(vector["root2"])
                merkle.check_consistency(vector["size1"], vector["size2"], proof, *roots)
            failed = False
        except EvidenceError:
            failed = True
        assert failed == vector["wantErr"], path
        judged += 1
    assert judged == 196
