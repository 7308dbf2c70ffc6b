"""The auditor: judges cases and bundles and collects every problem.

It shares no code with the writer but the digest function, so that it can catch the writer's
mistakes. It follows docs/spec/evidence.md, Verification, step by step; ``evidence/verify.py`` does
the same once more with nothing but the standard library.
"""

from noonmark.evidence.audit.bundle import audit_bundle
from noonmark.evidence.audit.case import audit_case
from noonmark.evidence.audit.objects import FileState, sound_objects
from noonmark.evidence.audit.verdict import AuditVerdict

__all__ = ["AuditVerdict", "FileState", "audit_bundle", "audit_case", "sound_objects"]
