"""The plan of the house as data: who may lean on whom, and who alone may do what. Change it with a
decision.
"""

from __future__ import annotations

GROUND = (
    "errors", "values", "typed_words", "typed_times", "typed_places", "error_mapping", "constants",
    "arrays",
)  # fmt: skip

# Each package and the packages it may import. Inside a package anything goes, but never in a
# circle. Every import counts: at the top, inside functions, and under TYPE_CHECKING.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "values": ("errors",),
    "typed_words": (),
    "typed_times": ("errors", "values", "typed_words"),
    "typed_places": ("errors", "values", "typed_words"),
    "error_mapping": ("errors",),
    "constants": (),
    "arrays": (),
    "geometry": GROUND,
    "sandbox": GROUND,
    # The siblings never import one another.
    "inference": ("geometry", *GROUND),
    "world": ("geometry", "sandbox", *GROUND),
    "media": ("sandbox", *GROUND),
    "sites": ("geometry", "sandbox", *GROUND),
    "documents": ("sandbox", *GROUND),
    "evidence": GROUND,
    "inquiry": ("evidence", "sandbox", *GROUND),
    "questions": ("inference", "geometry", *GROUND),
    "report": (
        "inquiry", "questions", "sites", "documents", "world", "inference", "geometry", *GROUND,
    ),
    # The only way out of a case.
    "release": ("report", "inquiry", "media", "evidence", "sandbox", *GROUND),
    "actions": (
        "release", "report", "inquiry", "questions", "sites", "documents", "evidence",
        "media", "world", "inference", "sandbox", "geometry", "schemas", *GROUND,
    ),
    "session": (
        "actions", "release", "report", "inquiry", "questions", "sites", "documents", "evidence",
        "media", "world", "inference", "sandbox",
        "geometry", *GROUND,
    ),
    # Parse, call, print. One command of the command line starts the page.
    "cli": ("actions", "web", *GROUND),
    "web": ("session", "actions", *GROUND),
    "schemas": (),
    "examples": (),
    "__main__": ("cli",),
    "__init__": ("actions", "errors", "values"),
}  # fmt: skip

# What only the named places may do: module prefixes, relative to the package.
STARTS_PROCESSES = (
    "sandbox.process", "actions.batch", "actions.site_cluster", "actions.print_pdf",
)  # fmt: skip
# sandbox.waiting: a pair of ends between us and a worker, which no other process reaches.
OPENS_SOCKETS = ("evidence.timestamps", "web", "actions.site_cluster", "sandbox.waiting")
READS_THE_CLOCK = ("values",)
# A worker is locked in already: what it imports there can't start or reach anything.
SANDBOXED = (
    "sandbox.worker",
    "sandbox.locks",
    "sandbox.seccomp",
    "sandbox.tasks",
    "sandbox.parsers",
    "sandbox.decoders",
    "sandbox.strippers",
)
DECODES = (*SANDBOXED, "report")
PRINTS = ("cli.tell", "evidence.verify", "sites.check_readings")
# The files that lie in every bundle and in every report of a site: standard library only, a door of
# their own, long because each is one file.
STANDS_ALONE = ("evidence.verify", "sites.check_readings")
LONGEST_ALONE, WIDEST_ALONE = 450, 120
# No stopwatch either: a pure function of its arguments, so that a court can recompute it.
PURE = ("errors", "geometry", "inference")

PROCESS_MODULES = (
    "subprocess", "multiprocessing", "pty", "concurrent.futures", "distributed", "dask",
)  # fmt: skip
PROCESS_CALLS = (
    "os.system",
    "os.popen",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.posix_spawnp",
    "os.startfile",
)
PROCESS_CALL_PREFIXES = ("os.exec", "os.spawn")
SOCKET_MODULES = (
    "socket", "ssl", "socketserver", "http", "urllib.request", "ftplib", "smtplib", "poplib",
    "imaplib", "telnetlib",
    "xmlrpc", "asyncio", "requests", "httpx", "aiohttp", "urllib3", "websockets",
    "distributed", "dask",
)  # fmt: skip
CLOCK_CALLS = (
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now",
    "datetime.date.today",
    "datetime.datetime.utcnow", "datetime.datetime.today", "time.time", "time.time_ns",
    "time.localtime", "time.gmtime",
    "time.ctime", "time.asctime", "time.strftime", "time.clock_gettime", "time.clock_gettime_ns",
)  # fmt: skip
DECODER_MODULES = (
    "PIL", "av", "cv2", "imageio", "imageio_ffmpeg", "tifffile", "pillow_heif", "rawpy", "skimage",
    "c2pa", "exifread", "rasterio", "pypdfium2", "osmium",
    "piexif", "pymediainfo", "mutagen", "onnxruntime",
)  # fmt: skip

LONGEST_MODULE, WIDEST_LINE = 400, 100
# Of one function; and the density of a package (skyfield, sigstore and starlette: 4 to 7).
MOST_LINES, MOST_NODES, MOST_BRANCHES = 60, 300, 12
MOST_NODES_A_LINE = 8.0

# The ethics guard: what no dependency, field, column or schema of ours may be (docs/ethics.md).
FORBIDDEN_PACKAGES = (
    "face-recognition", "face_recognition", "deepface", "insightface", "facenet", "facenet-pytorch",
    "dlib", "arcface",
    "retina-face", "retinaface", "mtcnn", "compreface", "rekognition",
    "azure-cognitiveservices-vision-face",
    "face-alignment", "fairface", "openface", "speechbrain", "resemblyzer", "pyannote-audio",
    "torchreid",
)  # fmt: skip
FORBIDDEN_WORDS = (
    "person", "persons", "human_id", "face_id", "faceid", "faceprint", "voiceprint", "embedding",
    "embeddings", "biometric", "biometrics", "gender", "sex", "ethnicity", "ethnic", "race",
    "religion", "nationality",
    "skin", "suspect", "suspects", "watchlist",
)  # fmt: skip
