"""What keeps answers apart from those who gave them: a key for each questionnaire, outside the
database, that closes envelopes, makes slips, and marks them as spent.

    key = make_key(home.keys, 7)
    token = key.token(batch=0, number=12)              # printed on a slip
    sealed = key.seal(id, b"...", size=512)            # what lies in the database until the close

Whoever has the database alone, at any moment and in any number of copies, reads no answer and
cannot tell who has given one. At the close the key is destroyed: from then on nobody can, not even
with an older copy. Who can read the folder of keys and the database while a questionnaire is open
could; that is why they are apart (docs/adr/0025).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hpf.storage.keys import write_key
from hpf.storage.troubles import StorageError, TamperError, trouble

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing to mistake for another
_LOOKS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BATCH, _NUMBER, _PROOF = 2, 6, 12  # signs of a token: 60 bits that nobody finds by trying
SIGNS = _BATCH + _NUMBER + _PROOF
MOST_BATCHES = 32**_BATCH
LINK = 32**_NUMBER - 1  # the number of a link that anybody may use, any number of times
MOST_SLIPS = 20_000  # of one batch
_NONCE, _TAG, _KEY = 12, 16, 32


@dataclass(frozen=True, slots=True)
class QuestionnaireKey:
    """The key of one questionnaire."""

    number: int
    secret: bytes = field(repr=False)

    @property
    def check(self) -> str:
        """What tells this key from another one; it gives nothing away."""
        return self._mac(b"check").hex()

    def token(self, batch: int, number: int) -> str:
        """The signs of a slip (or, with LINK, of a batch's link), in groups of four."""
        head = _signs(batch, _BATCH) + _signs(number, _NUMBER)
        proof = int.from_bytes(self._mac(b"token", head.encode())[:8], "big") >> 4
        text = head + _signs(proof, _PROOF)
        return "-".join(text[i : i + 4] for i in range(0, SIGNS, 4))

    def read(self, token: str) -> tuple[int, int] | None:
        """Batch and number of a token as it was typed; None for one that was never made."""
        if len(token) > 4 * SIGNS:
            return None
        signs = "".join(c for c in token.upper() if c.isalnum()).translate(_LOOKS)
        if len(signs) != SIGNS or not set(signs) <= set(ALPHABET):
            return None
        batch, number = _number(signs[:_BATCH]), _number(signs[_BATCH : _BATCH + _NUMBER])
        made = self.token(batch, number).replace("-", "")
        return (batch, number) if hmac.compare_digest(made, signs) else None

    def spent(self, *said: str) -> bytes:
        """The mark that a slip or an assignment leaves; nobody reads it without the key."""
        return self._mac(b"spent", *(s.encode() for s in said))

    def seal(self, id: bytes, content: bytes, size: int) -> bytes:
        """Close an envelope. size: of every content, so that its length tells nothing.

        Raises ValueError for a content that does not fit.
        """
        if len(content) > size:
            raise ValueError(f"{len(content)} bytes do not fit into {size}")
        filled = len(content).to_bytes(4, "big") + content.ljust(size, b"\0")
        nonce = secrets.token_bytes(_NONCE)
        return nonce + AESGCM(self._mac(b"seal")).encrypt(nonce, filled, self._bound(id))

    def open(self, id: bytes, sealed: bytes) -> bytes:
        """The content of an envelope. Raises TamperError for one that was not closed here."""
        nonce, body = sealed[:_NONCE], sealed[_NONCE:]
        try:
            filled = AESGCM(self._mac(b"seal")).decrypt(nonce, body, self._bound(id))
        except (InvalidTag, ValueError) as error:
            words = ("有一份答卷被改过，或不是经本系统交的",
                     "an answer was altered, or not handed in here")  # fmt: skip
            cure = ("请与备份比对", "Compare it with a backup")
            place = f"questionnaire:{self.number}"
            raise TamperError([trouble("envelope", words, cure, place)]) from error
        length = int.from_bytes(filled[:4], "big")
        return filled[4 : 4 + length]

    def _bound(self, id: bytes) -> bytes:
        return f"hpf-envelope-1\0{self.number}\0".encode() + id

    def _mac(self, *said: bytes) -> bytes:
        message = f"hpf-questionnaire-1\0{self.number}".encode()
        for one in said:
            message += len(one).to_bytes(4, "big") + one
        return hmac.digest(self.secret, message, hashlib.sha256)


def make_key(folder: Path, number: int) -> QuestionnaireKey:
    """A new key; one that a questionnaire which was never kept left behind is replaced."""
    path = _path(folder, number)
    path.unlink(missing_ok=True)
    secret = secrets.token_bytes(_KEY)
    write_key(path, secret)
    return QuestionnaireKey(number, secret)


def read_key(folder: Path, number: int, check: str) -> QuestionnaireKey:
    """The key of an open questionnaire. StorageError where it is missing or another one."""
    path = _path(folder, number)
    try:
        found = QuestionnaireKey(number, path.read_bytes())
    except OSError as error:
        raise _missing(path) from error
    if len(found.secret) != _KEY or not hmac.compare_digest(found.check, check):
        raise _missing(path)
    return found


def burn_key(folder: Path, number: int) -> bool:
    """Destroy a key; whether it was there. Its bytes are overwritten before the file goes."""
    path = _path(folder, number)
    try:
        with path.open("r+b") as file:
            file.write(b"\0" * _KEY)
            file.flush()
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _path(folder: Path, number: int) -> Path:
    return folder / f"questionnaire-{number}.key"


def _missing(path: Path) -> StorageError:
    words = (f"缺少问卷的密钥 {path.name}，答卷打不开",
             f"the key {path.name} is missing or another one: answers cannot be read")  # fmt: skip
    cure = ("请从另外保存的备份中放回来", "Put it back from where the keys are backed up")
    return StorageError([trouble("questionnaire_key", words, cure, str(path))])


def _signs(number: int, width: int) -> str:
    found = ""
    for _ in range(width):
        number, at = divmod(number, len(ALPHABET))
        found = ALPHABET[at] + found
    return found


def _number(signs: str) -> int:
    found = 0
    for sign in signs:
        found = found * len(ALPHABET) + ALPHABET.index(sign)
    return found
