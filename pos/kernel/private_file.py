"""kernel/private_file.py — small files of the shop's own: keys, certificates, the journal's head."""

import os
import threading
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all, readable by its owner alone (0600).

    It is on the disk before it takes the old one's place: an empty key would lock everybody out.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
