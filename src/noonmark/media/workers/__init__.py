"""Inside the cage: one module per task, each with ``main(payload, fds) -> dict``. Never imported by the app."""
