"""The command `hpf`: one file a command, each loaded only when it is called."""

from __future__ import annotations

from hpf_cli.group import LazyGroup, lang_option, version_option
from hpf_cli.speech import Words

# The table stands here, so that `hpf --help` opens no command's file.
SECTIONS = (
    (
        Words("建立与设置", "Setting up"),
        {
            "init": Words("建立一家医院：文件夹、数据库、密钥、管理员", "Set up a hospital"),
            "configure": Words("医院自定的参数：缺什么、填写、载入", "What the hospital decides"),
            "register": Words(
                "组织名册：科室、人员、任职", "The organisation: departments and staff"
            ),
            "map": Words("对照：别的系统的明细导出", "Mappings of another system's detail export"),
            "user": Words("账号、角色和口令", "Accounts, their roles and passwords"),
            "doctor": Words("检查一切是否就绪", "Check that everything is in order"),
            "serve": Words("打开门户网站", "Serve the portal"),
        },
    ),
    (
        Words("每个周期", "Each period"),
        {
            "import": Words(
                "把一个周期的数据导入数据库", "Import a period's facts into the database"
            ),
            "calculate": Words("由数据库计算并封印一个周期", "Calculate a period and seal it"),
            "cycle": Words(
                "一个周期的流程：计划、推进、任务", "A period's life: plan, move, tasks"
            ),
            "vote": Words("考核组织的成员和表决", "Committees: seats and votes"),
            "publish": Words("公示结果，反馈到人", "Post the results, tell everyone theirs"),
            "appeal": Words("申诉：就一行结果", "Appeals against one result line"),
            "hold": Words("暂缓一个单位", "Hold a unit back"),
            "release": Words("放行暂缓的单位", "Release a unit that was held back"),
            "allocate": Words("二次分配", "Share out a department's pool"),
            "ledger": Words("积分账：记分、冲销、结清", "The ledger of points"),
            "feedback": Words("反馈：双向，有期限", "Feedback in both directions"),
            "notes": Words("登记：同意、谈话、培训、表彰", "Agreements, talks, honours on file"),
            "survey": Words("问卷：360 度评价、满意度调查", "Questionnaires: 360 degrees, surveys"),
            "report": Words("打印绩效单、科室绩效卡", "Print slips and departments' cards"),
            "runs": Words("列出已封印的计算", "List sealed runs"),
            "draw": Words("抽取考核专家，人人可核对", "Draw experts, for anyone to check"),
            "assess": Words("县级考核：评分到补助决定", "A county's assessment of hospitals"),
        },
    ),
    (
        Words("发放", "Money"),
        {
            "pay": Words("发放：批次、到账、退回、补发", "Pay: batches, and what became of them"),
            "export": Words(
                "导出数据、结果、发放表、审计", "Export facts, results, pay lists, audit"
            ),
        },
    ),
    (
        Words("看懂一个数", "Looking into figures"),
        {
            "why": Words("为什么比上期多或少", "Why a figure changed"),
            "what-if": Words("试算：换参数或数据，谁多谁少", "Try other parameters or facts"),
            "compare": Words("与医院原来的绩效表对照", "Set the figures beside the old sheet"),
            "verify-run": Words("核对已封印的计算", "Verify sealed runs by recomputing them"),
            "verify-slip": Words("核验绩效单上的码", "Confirm the code on a slip"),
        },
    ),
    (
        Words("保全", "Keeping safe"),
        {
            "audit": Words("核对审计链，签名", "Verify the audit chain, sign it"),
            "backup": Words("备份（可加密）", "Back up, encrypted or not"),
            "restore": Words("把备份恢复到空的地方", "Restore a backup into an empty place"),
            "upgrade": Words(
                "升级数据库：先备份，核对后生效", "Bring the database to this version"
            ),
        },
    ),
    (
        Words("不用数据库，直接由工作簿", "Straight from a workbook, without a database"),
        {
            "demo": Words(
                "演示：用公布的算例算出各科室绩效，并逐条解释",
                "Compute the published worked examples and explain them",
            ),
            "schemes": Words("列出已安装的方案", "List the installed schemes"),
            "sample": Words("列出或写出插件附带的合成样本", "List or write the synthetic samples"),
            "template": Words("生成待填的工作簿", "Write a workbook to fill in"),
            "run": Words("计算一个周期", "Compute a period"),
            "explain": Words("逐条解释一个数", "Explain one figure, clause by clause"),
            "switches": Words("逐个开关改读法，列出影响", "What each switch would change"),
            "show": Words("查看方案或结果文件", "Show a scheme, or a file of results"),
        },
    ),
    (
        Words("编写插件", "Plugin authors"),
        {
            "new-plugin": Words("新建一个能用的插件", "Make a plugin that works, to begin with"),
            "clauses": Words("由编了号的文件列出条款", "Clauses from a numbered document"),
            "check": Words("检查方案是否可靠", "Check that a scheme is sound"),
            "diff-plugin": Words("升级插件：谁多谁少", "Whose pay an upgrade of a plugin changes"),
        },
    ),
)
COMMANDS = {name: words for _, commands in SECTIONS for name, words in commands.items()}

main = LazyGroup(
    "hpf",
    home=__name__,
    sections=SECTIONS,
    words=Words(
        "HPF 医院绩效框架：由工作簿算出绩效工资，精确到分，每个数都能追溯到条款和单元格。",
        "HPF computes a hospital's performance pay from a workbook, exact to the fen, "
        "each figure explained down to its clause and cell.",
    ),
    closing=Words(
        "初次使用，请运行 hpf demo；各命令的用法见 hpf 命令 --help。",
        "New here? Run hpf demo. What a command takes: hpf COMMAND --help.",
    ),
    params=[lang_option(), version_option()],
)

__all__ = ["COMMANDS", "SECTIONS", "main"]
