"""The built-in SOPs: what holds in a community until its managers write their own.

Sources: requirements part 4 (seepage: detection and plan, each SOP up to 12 steps) and part 3 (proof photos). The other
steps and their times are ours; each ends within its class's promise. None is required: the promised API resolves
an issue without ticking anything (docs/decisions.md, "Built-in SOPs guide, a community's own may bind").
"""

from typing import Any, Literal

from chalicelib.service_levels.models import Span
from chalicelib.service_levels.policy import SEEPAGE
from chalicelib.sops.models import Sop, SopStep, Words

MAX_STEPS = 12
#: Letters of a step's name, and of its criterion.
MAX_NAME, MAX_CRITERION = 40, 200
#: The longest time that a step may have, in days of its clock: twice what is a risk (part 4).
MAX_DAYS = 60


def _step(id: str, zh: str, en: str, ok_zh: str, ok_en: str, due: Span | None = None, **more: Any) -> SopStep:
    return SopStep(id, Words(zh, en), due, criterion=Words(ok_zh, ok_en), **more)


def _hours(hours: int) -> Span:
    return Span("always", hours=hours)


def _days(days: int) -> Span:
    return Span("working", days=days)


_BEGIN: dict[str, Literal["begin"]] = {"since": "begin"}
_SEEPAGE = Sop(
    (
        _step("visit", "约定上门", "Visit agreed",
              "业主确认了时间", "The owner has agreed to the time", _days(1), **_BEGIN),
        _step("detect", "检测", "Detection",
              "找到渗漏源，记录含水率", "The source is found, the moisture written down",
              SEEPAGE["detect"], photo=True, measurement=True, promised=True, **_BEGIN),
        _step("plan", "维修方案", "Repair plan",
              "业主看过方案并同意", "The owner has seen the plan and agrees",
              SEEPAGE["plan"], promised=True, **_BEGIN),
        _step("cover", "现场保护", "Room protected",
              "家具和地面已遮盖", "Furniture and floor are covered"),
        _step("seal", "堵漏施工", "Leak sealed",
              "渗漏点全部处理", "Every leaking spot is treated", photo=True),
        _step("test", "闭水试验", "Water test",
              "24 小时无渗漏", "No leak within 24 hours", _days(2), measurement=True),
        _step("finish", "饰面恢复", "Surface restored",
              "颜色和平整度与原墙一致", "Colour and surface match the old wall",
              _days(2), photo=True),
        _step("clean", "清理现场", "Cleaned up",
              "垃圾清走，地面干净", "Nothing is left behind, the floor is clean"),
    ),
    proof=True,
)  # fmt: skip
_WATER = Sop((
    _step("shut", "关阀止水", "Water stopped",
          "不再漏水", "Nothing leaks any more", _hours(2), **_BEGIN),
    _step("cause", "查明原因", "Cause found",
          "说得出坏在哪里", "The cause is known", _hours(4), **_BEGIN),
    _step("repair", "维修", "Repaired",
          "坏件已更换或修好", "The broken part is replaced or repaired", _hours(12), photo=True),
    _step("pressure", "通水试压", "Pressure test",
          "30 分钟无渗漏", "No leak within 30 minutes", _hours(2), measurement=True),
    _step("dry", "擦干清理", "Dried and cleaned",
          "地面无积水", "No water is left on the floor"),
))  # fmt: skip
_POWER = Sop((
    _step("off", "断电挂牌", "Power off, warning sign up",
          "已验电，已挂牌", "Confirmed dead, warning sign in place", _hours(2), **_BEGIN),
    _step("cause", "查明原因", "Cause found",
          "说得出坏在哪里", "The cause is known", _hours(4), **_BEGIN),
    _step("repair", "维修", "Repaired",
          "坏件已更换或修好", "The broken part is replaced or repaired", _hours(12), photo=True),
    _step("insulation", "绝缘测试", "Insulation measured",
          "不低于 0.5 MΩ", "At least 0.5 MΩ", _hours(2), measurement=True),
    _step("on", "送电", "Power on",
          "用电正常，业主在场确认", "Everything works, the owner has seen it"),
))  # fmt: skip
_LIFT = Sop((
    _step("stop", "停梯围挡", "Stopped and fenced",
          "确认无人被困，已挂牌", "Nobody is inside, warning sign in place", _hours(2), **_BEGIN),
    _step("cause", "故障检查", "Fault found",
          "读出故障码并记录", "The fault code is read and written down", _hours(4),
          measurement=True, **_BEGIN),
    _step("repair", "维修", "Repaired",
          "由持证人员完成", "Done by somebody with a certificate", _hours(12), photo=True),
    _step("trial", "试运行", "Trial run",
          "上下各 10 次无异常", "Ten trips each way without a fault", _hours(2), measurement=True),
    _step("open", "恢复使用", "Back in use",
          "围挡撤除，公告已更新", "The fence is gone, the notice is up to date"),
))  # fmt: skip
_DECORATION = Sop(
    (
        _step("look", "上门查验", "Inspection",
              "缺陷逐处拍照记录", "Each defect has its photo", _days(1), photo=True, **_BEGIN),
        _step("plan", "整改方案", "Repair plan",
              "责任单位和日期已定", "Who repairs it, and when, is settled", _days(2)),
        _step("repair", "整改施工", "Repaired",
              "按方案全部完成", "All of the plan is done", _days(3), photo=True),
        _step("check", "质量复验", "Quality check",
              "平整度、空鼓符合标准", "Flatness and hollows are within the standard",
              _days(1), measurement=True),
        _step("clean", "清理现场", "Cleaned up",
              "垃圾清走，成品完好", "Nothing is left behind, nothing is damaged"),
    ),
    proof=True,
)  # fmt: skip

BUILT_IN: dict[str, Sop] = {
    "wall_seepage": _SEEPAGE,
    "plumbing": _WATER,
    "electrical": _POWER,
    "lift": _LIFT,
    "delivery_defect": _DECORATION,
}
NONE = Sop()


def built_in(category_id: str) -> Sop:
    """The SOP of a category until a community has its own; one without steps where we have none."""
    return BUILT_IN.get(category_id, NONE)
