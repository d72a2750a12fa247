"""`hpf demo`: the published worked examples through the main job, workbook to derivation."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.serve import PORT
from hpf_cli.speech import Words
from hpf_cli.stops import problem


@command(
    Words(
        "演示：把公布的算例写成工作簿，再读回来计算，打印各科绩效表和一份完整的推导；"
        "再把插件附带的合成样本从工作簿算到结果；最后让一家示例医院走完一个月："
        "建立、名册、导入、封印、流程、发放表、审计、备份。\n"
        "工作簿、结果和推导留在 demo-out 文件夹；可以反复运行。",
        "Write the published worked examples as workbooks, read them back, compute, and print "
        "each department's pay table and one whole derivation; then take the synthetic samples "
        "that plugins ship from workbook to results; last, take a made-up hospital through a "
        "month: home, register, import, seal, cycle, pay list, audit, backup.\n"
        "Workbooks, results and derivations stay in demo-out; running it again does no harm.",
    ),
    Argument(
        "part",
        required=False,
        metavar="[county]",
        words=Words(
            "county：只演示示例县的一年，从指标表到反馈函",
            "county: a made-up county's year alone, from its table to the letters",
        ),
    ),
    Option(
        "--out",
        default="demo-out",
        metavar="DIR",
        words=Words("写到哪个文件夹（默认 demo-out）", "The folder to write to (demo-out)"),
    ),
    Option(
        "--serve",
        is_flag=True,
        words=Words(
            "然后为门户的每种角色开一个合成账号，打印一次性口令，并在本机打开示例医院的门户"
            "（Ctrl-C 结束）",
            "Then open a synthetic account for each role of the portal, print one-time passwords, "
            "and serve the hospital's portal on this machine (Ctrl-C ends it)",
        ),
    ),
    PORT,
)
def demo(part: str | None, out: str, serve: bool, port: int) -> None:
    """Everything is computed before anything is written."""
    if part is not None:
        from hpf_cli.demo_county import run_part

        run_part(part, Path(out), port if serve else None, language())
        return
    from hpf_cli.console import console
    from hpf_cli.demo_cards import print_papers
    from hpf_cli.demo_hospital import check_place, hospital
    from hpf_cli.demo_job import compute, gather
    from hpf_cli.demo_samples import try_samples
    from hpf_cli.demo_told import department, derivation, hospital_told, sample_told, summary
    from hpf_cli.finding import installed
    from hpf_cli.outputs import write_all

    lang = language()
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise problem(
            "no_folder",
            "这是一个文件，不是文件夹",
            "it is a file, not a folder",
            ("请用 --out 另指定文件夹", "Name another folder with --out"),
            out,
        )
    check_place(folder)
    if serve:
        from hpf_cli.demo_serve import check_serving

        check_serving(installed(), port)
    with tempfile.TemporaryDirectory(prefix="hpf-demo-") as scratch:
        programs = installed()
        done = compute(programs, Path(scratch))
        tried = try_samples(programs, Path(scratch) / "samples")
        files, remark = gather(done, folder, Path(scratch), lang)
        for one in tried:
            home = folder / "samples" / one.last.program.code
            files |= {home / path: content for path, content in one.files.items()}
        with hospital(programs, tried, folder, Path(scratch), lang) as own:
            for path in files:
                path.parent.mkdir(parents=True, exist_ok=True)
            write_all(files)
    papers = {} if remark else print_papers(programs, own, tried, folder, lang)
    screen = console()
    for example in done:
        department(example, screen, lang)
    derivation(done, screen, lang)
    for sample in tried:
        sample_told(sample, screen, lang)
    if own is not None:
        hospital_told(own, screen, lang)
    summary(done, tried, own, folder, screen, lang, remark, papers)
    if serve and own is not None:
        from hpf_cli.demo_serve import serve_demo

        serve_demo(own.folder, port, screen, lang)


command_demo = demo
