"""Published reason codes of what a desk decides about goods, and the measures, with their words. Codes are permanent.

Source: our own, after ISPM 12 and 20; measures `lifecycles.md` 5.1. They go to the issuing authority with the outcome.
"""

from collections.abc import Mapping
from types import MappingProxyType

from opensps.certification.outcomes import BorderMeasure
from opensps.lifecycle.presentation import PresentationAct

Words = tuple[str, str]
"""English and Chinese."""

HOLD: Mapping[str, Words] = MappingProxyType(
    {
        "documents_checked": ("Documents are being checked", "正在核查单证"),
        "goods_inspected": ("Goods are being inspected", "正在查验货物"),
        "sample_taken": ("A sample is being tested", "样品检测中"),
        "answer_awaited": ("An answer of the issuing authority is awaited", "等待签发机构答复"),
        "not_checked_yet": ("The certificate could not be checked yet", "证书尚未能核验"),
    }
)
ACCEPT: Mapping[str, Words] = MappingProxyType(
    {
        "explained_by_issuer": ("The issuing authority explained it", "签发机构已作出说明"),
        "explained_at_desk": ("The difference was explained and is on file", "差异已查明并留档"),
        "earlier_cleared": ("The earlier presentation was cleared up", "此前的交验情况已查明"),
        "accepted_by_paper": ("Accepted by the paper under the agreement", "依协议凭纸质证书接受"),
    }
)
REJECT: Mapping[str, Words] = MappingProxyType(
    {
        "certificate_missing": ("There is no certificate", "未提供证书"),
        "certificate_invalid": ("The certificate is not valid", "证书无效"),
        "certificate_suspected": ("The certificate is suspected to be false", "怀疑证书不实"),
        "fields_differ": ("Details differ from what was signed", "内容与签署内容不符"),
        "quantity_exceeded": ("More was presented than the certificate covers", "交验数量超出证书数量"),
        "used_before": ("The certificate was used before", "证书已被使用"),
        "goods_differ": ("The goods are not those described", "货物与描述不符"),
        "requirement_not_met": ("A requirement is not met", "不符合准入要求"),
        "pest_or_disease_found": ("A pest or disease was found", "检出有害生物或疫病"),
        "residue_or_contaminant": ("A residue or contaminant was found", "检出残留或污染物"),
    }
)
REASONS: Mapping[PresentationAct, Mapping[str, Words]] = MappingProxyType(
    {
        PresentationAct.HOLD: HOLD,
        PresentationAct.ACCEPT: ACCEPT,
        PresentationAct.ACCEPT_PARTLY: ACCEPT,
        PresentationAct.REJECT: REJECT,
    }
)
"""Act -> the reasons it may be given."""

MEASURES: Mapping[str, Words] = MappingProxyType(
    {
        BorderMeasure.RELEASE.value: ("Released", "放行"),
        BorderMeasure.RELEASE_OTHER_GROUND.value: ("Released on another ground", "依其他依据放行"),
        BorderMeasure.TREATMENT.value: ("Treated", "处理"),
        BorderMeasure.RE_EXPORT.value: ("Sent back or on", "退运"),
        BorderMeasure.TRANSFORMATION.value: ("Transformed", "加工改变用途"),
        BorderMeasure.OTHER_USE.value: ("Put to another use", "改作他用"),
        BorderMeasure.QUARANTINE.value: ("Quarantined", "隔离检疫"),
        BorderMeasure.SEIZURE.value: ("Seized", "扣押"),
        BorderMeasure.DESTRUCTION.value: ("Destroyed", "销毁"),
    }
)
"""What is ordered for goods whose certificate is refused."""


def reason_in_words(code: str, *, chinese: bool) -> str:
    """Return the words of a reason or measure; a partner's own code as it came."""
    for published in (HOLD, ACCEPT, REJECT, MEASURES):
        if code in published:
            return published[code][chinese]
    return code
