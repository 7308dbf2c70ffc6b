"""What goes into a task and what comes out of it: plain objects that JSON and arrays can hold."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]
"""What to do, and under ``limits`` the caps of the worker, as WorkerLimits has them."""
Answer = dict[str, Any]
"""What the task found: numbers, hostile strings, arrays."""
