"""The words and levels of the rules that watch, English and Chinese. Source: `fraud.md` 5. Codes are permanent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """How much an alert weighs; none changes a verdict."""

    INFO = "info"
    AMBER = "amber"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule watches, and its level."""

    english: str
    chinese: str
    level: Level = Level.AMBER


_I, _H = Level.INFO, Level.HARD
RULE_WORDS: Mapping[str, RuleWords] = MappingProxyType(
    {
        "S01": RuleWords("Many wrong codes for one certificate", "同一证书多次输错验证码"),
        "S02": RuleWords("One network tries many numbers", "同一网络尝试多个编号"),
        "S03": RuleWords("Checked from several countries it is not for", "在多个非目的国被核验"),
        "S04": RuleWords("Checked before it was issued", "签发之前即被核验"),
        "S05": RuleWords("Checked long after its arrival", "到货后较久仍被核验"),
        "S06": RuleWords("A changed file, or a key that was not valid", "文件被改动或密钥无效"),
        "S07": RuleWords("A certificate that was ended is shown at its destination", "已失效证书在目的国出示"),
        "S08": RuleWords("Arrived twice, or with more than was certified", "重复到货或超出出证数量"),
        "S09": RuleWords("Container or seal is another one", "集装箱或封志不符"),
        "S10": RuleWords("The code leads to an unofficial address", "二维码指向非官方网址"),
        "S11": RuleWords("Claims a registration that does not exist", "声称的注册不存在"),
        "S12": RuleWords("A message in the name of a partner is not authentic", "以伙伴名义的来信不真实"),
        "P01": RuleWords("More of a product in a month than usual", "某产品月出证量超出上限"),
        "P02": RuleWords("The origin does not produce this product", "原产地不产该产品"),
        "P03": RuleWords("Out of season, storage counted", "不在产季（含贮存期）"),
        "P04": RuleWords("An establishment ships more than it can make", "企业出货量超出申报产能"),
        "P05": RuleWords("A route or transit time that cannot be", "路线或运输时间不可能"),
        "P06": RuleWords("More is re-exported than was imported", "再出口数量超过进口数量", _H),
        "P07": RuleWords("Times in the wrong order", "时间顺序有误", _H),
        "P08": RuleWords("One person in two places, or too fast", "同一人员分身两地或速度异常"),
        "P09": RuleWords("An officer refuses far more or less than the office", "签证官员拒签率明显偏离", _I),
        "P10": RuleWords("A first trade with a destination, and a large one", "首次对该国出口且数量较大", _I),
        "P11": RuleWords("A container on two voyages, or with a wrong check digit", "集装箱行程重叠或校验码错误"),
        "P12": RuleWords("A seal number that was seen before", "封志号曾被使用"),
        "P13": RuleWords("Weights that cannot be", "重量不合理"),
        "P14": RuleWords("A lot certified above its size", "批次出证数量超过登记数量", _H),
        "P15": RuleWords("A laboratory result too fast, or too even", "检测结果过快或数值雷同", _I),
        "P16": RuleWords("Gaps or overlaps in the numbers of a day", "当日编号有缺号或重号", _I),
    }
)
"""Code -> words and level."""

_POINTS: Mapping[str, str] = MappingProxyType(
    {"P01": "capacity", "P02": "capacity", "P03": "capacity", "P04": "capacity", "P05": "route"}
)


def point_of(rule: str) -> str:
    """Return the reason code an open alert of this rule adds at the desk: amber, never more (`fraud.md` 3 and 5)."""
    return _POINTS.get(rule, "plausibility")
