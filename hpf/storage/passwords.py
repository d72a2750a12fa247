"""Passwords: only what cannot be turned back is kept, in one text that names how it was made.

    scrypt$16384$8$1$<salt>$<digest>           always there (Python's own)
    $argon2id$v=19$m=65536,t=3,p=4$...         where argon2-cffi is installed

Either is checked wherever it was made, as long as its library is there; `outdated` says when a
password that was just right should be hashed anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import secrets
from typing import Any

_N, _R, _P, _LENGTH = 2**14, 8, 1, 32
_MEMORY = 64 * 1024 * 1024
LETTERS = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXYZ234679"  # none is taken for another
GROUPS, SIZE = 4, 5  # 20 letters of 52: 114 bits


def random_password() -> str:
    """A password to be shown once: `k7Gmw-2TQxa-…`."""
    words = ("".join(secrets.choice(LETTERS) for _ in range(SIZE)) for _ in range(GROUPS))
    return "-".join(words)


def hash_password(password: str) -> str:
    """What is kept of a password. Raises ValueError for an empty one."""
    if not password:
        raise ValueError("an empty password protects nothing")
    argon = _argon()
    if argon is not None:
        return str(argon.PasswordHasher().hash(password))
    salt = secrets.token_bytes(16)
    made = _scrypt(password, salt, _N, _R, _P, _LENGTH)
    return f"scrypt${_N}${_R}${_P}${_text(salt)}${_text(made)}"


def check_password(password: str, kept: str) -> bool:
    """Whether the password is the one that was hashed; False too for a hash nobody can read."""
    if kept.startswith("$argon2"):
        argon = _argon()
        if argon is None:
            return False
        try:
            return bool(argon.PasswordHasher().verify(kept, password))
        except (argon.exceptions.VerificationError, argon.exceptions.InvalidHashError):
            return False
    try:
        name, n, r, p, salt, made = kept.split("$")
        wanted = base64.b64decode(made, validate=True)
        if name != "scrypt" or not wanted:
            return False
        found = _scrypt(
            password, base64.b64decode(salt, validate=True), int(n), int(r), int(p), len(wanted)
        )
    except ValueError:
        return False
    return hmac.compare_digest(found, wanted)


def outdated(kept: str) -> bool:
    """Whether a better way is there than the one it was hashed by."""
    argon = _argon()
    if argon is not None:
        return not kept.startswith("$argon2") or bool(
            argon.PasswordHasher().check_needs_rehash(kept)
        )
    return not kept.startswith(f"scrypt${_N}${_R}${_P}$")


def _scrypt(password: str, salt: bytes, n: int, r: int, p: int, length: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, dklen=length, maxmem=_MEMORY)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _argon() -> Any | None:
    try:
        return importlib.import_module("argon2")
    except ModuleNotFoundError:
        return None
