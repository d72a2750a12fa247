"""The hospital's keys: files in a folder of their own, outside the database, for their owner alone.

audit.pem: Ed25519, signs the head of the audit chain. accounts.key: 32 random bytes, encrypts
account numbers. slips.key: 32 random bytes, the codes of slips. Whoever loses them can neither sign
on nor read accounts nor confirm slips: they are backed up apart.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hpf.core.errors import Problem
from hpf.storage.troubles import trouble

AUDIT, ACCOUNTS, SLIPS = "audit.pem", "accounts.key", "slips.key"
FOLDER_MODE, FILE_MODE = 0o700, 0o600
_ALL = (AUDIT, ACCOUNTS, SLIPS)


def make_keys(folder: Path) -> None:
    """Make the keys that are not there yet; one that is there is never replaced."""
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    signing = Ed25519PrivateKey.generate()
    pem = signing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    drawn = [(name, secrets.token_bytes(32)) for name in (ACCOUNTS, SLIPS)]
    for name, data in ((AUDIT, pem), *drawn):
        if not (folder / name).exists():
            write_key(folder / name, data)


def key_problems(folder: Path) -> list[Problem]:
    """What is wrong with the keys: missing, of the wrong size, readable by others."""
    if not folder.is_dir():
        words = ("没有密钥文件夹", "the folder of the keys is not there")
        cure = ("请从另外保存的备份中放回来", "Put it back from where the keys are backed up")
        return [trouble("no_keys", words, cure, str(folder))]
    found = []
    kept = [(folder, FOLDER_MODE), *((folder / name, FILE_MODE) for name in _ALL)]
    for path, most in kept:
        if not path.exists():
            words = (f"缺少密钥 {path.name}", f"the key {path.name} is missing")
            cure = ("请从另外保存的备份中放回来", "Put it back from where the keys are backed up")
            found.append(trouble("no_key", words, cure, str(path)))
        elif os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & ~most:
            words = ("别人也能读取", "others may read it")
            cure = (f"请运行 chmod {most:o} {path}", f"Run chmod {most:o} {path}")
            found.append(trouble("key_mode", words, cure, str(path)))
    for name in (ACCOUNTS, SLIPS):
        drawn = folder / name
        if drawn.is_file() and drawn.stat().st_size != 32:
            words = ("密钥长度不对", "the key has not its size")
            cure = ("请从另外保存的备份中放回来", "Put it back from where the keys are backed up")
            found.append(trouble("bad_key", words, cure, str(drawn)))
    return found


def write_key(path: Path, data: bytes) -> None:
    """A new file that its owner alone may read. FileExistsError where there is one."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
