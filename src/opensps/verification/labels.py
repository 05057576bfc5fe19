"""Labels of the facts on a result page, in English and Chinese."""

from collections.abc import Mapping
from types import MappingProxyType

LABELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "type": ("Certificate", "证书类型"),
        "number": ("Number", "证书编号"),
        "authority": ("Authority", "主管机关"),
        "issued": ("Issued on", "签发日期"),
        "place": ("Issued at", "签发地点"),
        "goods": ("Goods", "货物"),
        "quantity": ("Quantity", "数量"),
        "packages": ("Packages", "包装"),
        "origin": ("Place of origin", "产地"),
        "marks": ("Marks", "唛头"),
        "batch": ("Batch", "批号"),
        "expiry": ("Use by", "保质期至"),
        "animals": ("Animals", "动物"),
        "identification": ("Marks of the animals", "动物标识"),
        "establishment": ("Establishment", "企业"),
        "original": ("Original certificate", "原证书"),
        "from": ("From", "启运国"),
        "to": ("To", "目的国"),
        "transit": ("Through", "过境国"),
        "loading": ("Place of loading", "装货地点"),
        "departure": ("Departure", "启运日期"),
        "condition": ("Temperature", "运输温度"),
        "point_of_entry": ("Point of entry", "入境口岸"),
        "conveyance": ("Means of conveyance", "运输工具"),
        "container": ("Container", "集装箱"),
        "seal": ("Seal", "封识"),
        "consignor": ("Exporter", "出口商"),
        "consignee": ("Consignee", "收货人"),
        "officer": ("Officer", "签证官员"),
        "use": ("Certified as or for", "证明用途"),
        "attestations": ("Statements", "证明事项"),
        "declarations": ("Additional declarations", "附加声明"),
        "treatments": ("Treatments", "除害处理"),
    }
)
"""Key of a fact -> its label in English and Chinese."""
