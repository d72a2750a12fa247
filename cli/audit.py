"""`hpf audit`: the chain of everything that was done, verified, and its signed head."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.speech import Words
from hpf_cli.stops import DO_NOT_HOLD, show_problems
from hpf_cli.verbs import Verbs


@command(
    Words(
        "核对审计链：改动、删除、换序、截尾、整链重写都会发现。--all 连同封存的数据、结果和批次。",
        "Verify the audit chain: altered, removed, reordered, truncated or rebuilt entries are "
        "found. With --all, sealed facts, runs and batches too.",
    ),
    Option(
        "--head",
        "heads",
        multiple=True,
        metavar="FILE",
        words=Words(
            "另外保存的链头（hpf audit head 写出的），可写多次",
            "A head kept elsewhere, as hpf audit head writes it; as often as needed",
        ),
    ),
    Option(
        "--all",
        "everything",
        is_flag=True,
        words=Words(
            "也核对封存的数据、结果和批次", "Look at sealed facts, runs and batches as well"
        ),
    ),
    HOME,
)
def verify(heads: tuple[str, ...], everything: bool, home: str | None) -> None:
    """Exit code 2 where anything is not what it was."""
    from hpf.storage.audit_checks import verify as look
    from hpf.storage.audit_heads import heads_of, kept_heads, public_key
    from hpf.storage.engine import reading
    from hpf.storage.soundness import unsound

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        key = public_key(at.home.keys)
        kept = kept_heads(at.home.keys) + [h for f in heads for h in heads_of(Path(f))]
        verdict = look(session, key, kept)
        problems = [*verdict.problems, *(unsound(session, "") if everything else ())]
    if problems:
        show_problems(problems, lang)
        raise SystemExit(DO_NOT_HOLD)
    words = Words(
        f"审计链完好：{verdict.entries} 条，签名到第 {verdict.signed} 条。",
        f"The audit chain holds: {verdict.entries} entries, signed up to {verdict.signed}.",
    )
    click.echo(words.say(lang))


@command(
    Words(
        "给审计链的现状签名，显示链头；另存一份在别处，整链重写才瞒不过去。",
        "Sign the chain as it stands, and show its head. Keep a copy elsewhere: it is what tells a "
        "rebuilt chain from the true one.",
    ),
    Argument("path", metavar="[FILE]", required=False, words=Words("写到文件", "Write it here")),
    HOME,
)
def head(path: str | None, home: str | None) -> None:
    """One line of JSON."""
    from hpf.intake.atomic import write_text
    from hpf.storage.audit_heads import sign

    with opened(home) as at:
        signed = sign(at.engine, at.home.keys)
    text = json.dumps(signed.document() if signed else None, sort_keys=True) + "\n"
    if path is None:
        click.echo(text, nl=False)
    elif signed is not None:
        write_text(Path(path), text)
        words = Words(f"已写入 {path}", f"Written to {path}")
        click.echo(words.say(language()))


command_audit = Verbs(
    "audit",
    Words("审计链：核对、签名。", "The audit chain: verify it, sign it."),
    (verify, head),
)
