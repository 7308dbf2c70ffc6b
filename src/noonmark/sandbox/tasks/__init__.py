"""One module a task, each with ``main(payload, fds) -> dict``. Run inside the locked process, never
imported by the app.

``payload`` and the answer are those of task_types.py. ``fds`` are the files to read, then those to
write, as process.run was given them.
"""
