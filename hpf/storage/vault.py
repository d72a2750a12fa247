"""Files encrypted with a passphrase: scrypt makes the key, AES-256-GCM seals chunk by chunk.

Magic, salt and cost stand at the front. Each chunk is bound to them, to its number and to whether
it is the last: a file that was cut off, put in another order or altered does not open.
"""

from __future__ import annotations

import io
import secrets
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hpf.storage.troubles import StorageError, trouble

MAGIC = b"HPF-VAULT-1\n"
SHORTEST = 12  # characters of a passphrase
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1  # 32 MB and a tenth of a second a guess
_HEAD = struct.Struct(">12s16sIII")
_CHUNK = 1 << 20
_TAG = 16


class Sealer(io.RawIOBase):
    """A stream to write to; what reaches `under` is encrypted. `close` writes the last chunk."""

    def __init__(self, under: BinaryIO, passphrase: str) -> None:
        if len(passphrase) < SHORTEST:
            words = (
                f"口令至少 {SHORTEST} 个字符",
                f"a passphrase has {SHORTEST} characters at least",
            )
            raise StorageError([trouble("passphrase_short", words)])
        salt = secrets.token_bytes(16)
        self._head = _HEAD.pack(MAGIC, salt, _COST, _BLOCK, _PARALLEL)
        self._cipher = AESGCM(_key(passphrase, salt, _COST, _BLOCK, _PARALLEL))
        self._under, self._held, self._number = under, bytearray(), 0
        under.write(self._head)

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: object) -> int:
        """Take bytes; whole chunks go on at once."""
        some = bytes(data)  # type: ignore[call-overload]  # bytes, bytearray or memoryview
        self._held += some
        while len(self._held) > _CHUNK:
            self._send(bytes(self._held[:_CHUNK]), last=False)
            del self._held[:_CHUNK]
        return len(some)

    def finish(self) -> None:
        """Write the last chunk; without it the file does not open."""
        self._send(bytes(self._held), last=True)
        self._held.clear()

    def _send(self, chunk: bytes, last: bool) -> None:
        nonce, bound = _bound(self._head, self._number, last)
        self._under.write(self._cipher.encrypt(nonce, chunk, bound))
        self._number += 1


class Opener(io.RawIOBase):
    """A stream to read from, decrypting `under`; StorageError where the passphrase is wrong."""

    def __init__(self, under: BinaryIO, passphrase: str) -> None:
        self._head = under.read(_HEAD.size)
        try:
            magic, salt, cost, block, parallel = _HEAD.unpack(self._head)
        except struct.error:
            raise _damaged() from None
        # a forged cost must not exhaust the memory
        if magic != MAGIC or cost > 2**20 or block > 32 or parallel > 16:
            raise _damaged()
        self._cipher = AESGCM(_key(passphrase, salt, cost, block, parallel))
        self._under, self._number = under, 0
        self._next = under.read(_CHUNK + _TAG)
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill a buffer as far as one chunk goes."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # any writable buffer
        while not self._ready and not self._ended:
            self._ready = self._receive()
        count = min(len(view), len(self._ready))
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _receive(self) -> bytes:
        chunk, self._next = self._next, self._under.read(_CHUNK + _TAG)
        last = not self._next
        nonce, bound = _bound(self._head, self._number, last)
        try:
            plain = self._cipher.decrypt(nonce, chunk, bound)
        except (InvalidTag, ValueError):
            raise _damaged() from None
        self._number += 1
        self._ended = last
        return plain


def _key(passphrase: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    try:
        return Scrypt(salt, 32, cost, block, parallel).derive(passphrase.encode())
    except ValueError:
        raise _damaged() from None


def _bound(head: bytes, number: int, last: bool) -> tuple[bytes, bytes]:
    # the key is of this file alone, so that a counter never comes twice under it
    return number.to_bytes(12, "big"), head + (b"last" if last else b"more")


def _damaged() -> StorageError:
    words = ("口令不对，或文件已损坏", "wrong passphrase, or the file is damaged")
    cure = ("请核对口令，或用另一份备份", "Check the passphrase, or use another backup")
    return StorageError([trouble("vault", words, cure)])
