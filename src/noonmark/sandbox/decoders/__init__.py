"""Pixels and picture hashes from photos and films. Run inside the locked process.

Libraries that decode (Pillow, PyAV, OpenCV, onnxruntime) are imported here and in tasks/ alone, and
only after the locks are closed. Where one is missing the task ends with ImportError, and the main
process says which extra of the package brings it (worker_end.py).

Arrays are uint8 unless a docstring says otherwise; pixels are counted from the top left corner.
"""
