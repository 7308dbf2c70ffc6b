"""The auditor: judges cases and bundles, collects every problem, and shares no code with the writer but the digest.

A checker that shares no code with the writer can catch the writer. It follows docs/spec/evidence.md, Verification, step
by step; ``evidence/verify.py`` does the same once more with nothing but the standard library.
"""

from noonmark.evidence.audit.bundle import audit_bundle
from noonmark.evidence.audit.case import audit_case
from noonmark.evidence.audit.verdict import Verdict

__all__ = ["Verdict", "audit_bundle", "audit_case"]
