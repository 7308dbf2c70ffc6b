"""The plan of the house as data: who may lean on whom, and who alone may do what. Change it with a decision."""

from __future__ import annotations

GROUND = ("errors", "values", "masks", "faults")

# Each room and the rooms it may import. Inside a room anything goes, but never in a circle.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "values": ("errors",),
    "masks": ("errors", "values"),
    "faults": ("errors",),
    "geometry": GROUND,
    # The four siblings never import one another.
    "inference": ("geometry", *GROUND),
    "world": ("geometry", *GROUND),
    "media": GROUND,
    "evidence": ("errors", "values", "faults"),
    "case": ("evidence", "inference", "media", "world", "geometry", *GROUND),
    "report": ("case", "evidence", "inference", "media", "world", "geometry", *GROUND),
    "bench": ("report", "case", "evidence", "inference", "media", "world", "geometry", "schemas", *GROUND),
    # The doors: parse, call bench, tell. One of the command line's acts is to open the other door.
    "cli": ("bench", "web", *GROUND),
    "web": ("bench", *GROUND),
    "schemas": (),
    "examples": (),
    "__main__": ("cli",),
    "__init__": ("bench", "errors", "values"),
}

# What only the named places may do: module prefixes, relative to the package.
STARTS_PROCESSES = ("media.sandbox", "bench.batch")
OPENS_SOCKETS = ("evidence.anchor", "world.fetch", "web")
READS_THE_CLOCK = ("values",)
# A worker is inside the cage already: what it imports there can't start or reach anything.
CAGED = ("media.workers",)
DECODES = ("media.workers", "report")
PRINTS = ("cli.tell", "evidence.verify")
# The file that lies in every bundle: standard library only, a door of its own, long because it is one file.
STANDS_ALONE = ("evidence.verify",)
LONGEST_ALONE = 600
# No stopwatch either: a pure function of its arguments, so that a court can recompute it.
PURE = ("errors", "masks", "geometry", "inference")

PROCESS_MODULES = ("subprocess", "multiprocessing", "pty", "concurrent.futures")
PROCESS_CALLS = ("os.system", "os.popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.posix_spawnp", "os.startfile")
PROCESS_CALL_PREFIXES = ("os.exec", "os.spawn")
SOCKET_MODULES = (
    "socket", "ssl", "socketserver", "http", "urllib.request", "ftplib", "smtplib", "poplib", "imaplib", "telnetlib",
    "xmlrpc", "asyncio", "requests", "httpx", "aiohttp", "urllib3", "websockets",
)  # fmt: skip
CLOCK_CALLS = (
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "datetime.date.today",
    "datetime.datetime.utcnow", "datetime.datetime.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    "time.ctime", "time.asctime", "time.strftime", "time.clock_gettime", "time.clock_gettime_ns",
)  # fmt: skip
DECODER_MODULES = (
    "PIL", "av", "cv2", "imageio", "imageio_ffmpeg", "tifffile", "pillow_heif", "rawpy", "skimage", "c2pa", "exifread",
    "piexif", "pymediainfo", "mutagen", "onnxruntime",
)  # fmt: skip

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

# The ethics guard: what no dependency, field, column or schema of ours may be (docs/ethics.md).
FORBIDDEN_PACKAGES = (
    "face-recognition", "face_recognition", "deepface", "insightface", "facenet", "facenet-pytorch", "dlib", "arcface",
    "retina-face", "retinaface", "mtcnn", "compreface", "rekognition", "azure-cognitiveservices-vision-face",
    "face-alignment", "fairface", "openface", "speechbrain", "resemblyzer", "pyannote-audio", "torchreid",
)  # fmt: skip
FORBIDDEN_WORDS = (
    "person", "persons", "human_id", "face_id", "faceid", "faceprint", "voiceprint", "embedding",
    "embeddings", "biometric", "biometrics", "gender", "sex", "ethnicity", "ethnic", "race", "religion", "nationality",
    "skin", "suspect", "suspects", "watchlist",
)  # fmt: skip
