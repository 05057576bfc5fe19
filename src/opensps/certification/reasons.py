"""Published reason codes of holds, withdrawals and refusals, with their words. Codes are permanent.

Source: our own, after ISPM 12 (withdrawal and replacement) and CXG 38 section 7; notices and check pages show them.
"""

from collections.abc import Mapping
from types import MappingProxyType

Words = tuple[str, str]
"""English and Chinese."""

HOLD_REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "information_checked": ("Information on the certificate is being checked", "正在核实证书所载信息"),
        "pest_or_disease_notice": ("A pest or disease notice is being assessed", "正在评估疫情通报"),
        "partner_question": ("A question from the importing authority is open", "进口国主管部门的询问待答复"),
        "suspected_misuse": ("Possible misuse is being looked into", "正在调查可能的滥用"),
        "withdrawal_proposed": ("A withdrawal is being decided", "正在决定是否撤销"),
    }
)
"""Why a certificate may be put on hold."""

WITHDRAWAL_REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "issued_in_error": ("The certificate was issued in error", "证书误签"),
        "information_wrong": ("Information on the certificate is wrong", "证书信息有误"),
        "not_exported": ("The consignment was not exported", "货物未出口"),
        "requirement_not_met": ("A requirement is no longer met", "不再符合要求"),
        "obtained_by_deception": ("The certificate was obtained by deception", "以欺骗手段取得"),
        "misuse": ("The certificate was misused", "证书被滥用"),
    }
)
"""Why a certificate may be withdrawn."""

REFUSAL_REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "inspection_failed": ("The inspection result does not allow a certificate", "检验检疫结果不符合出证条件"),
        "requirement_not_met": ("A requirement of the importing country is not met", "不符合进口国要求"),
        "information_false": ("Information in the application is not true", "申请信息不属实"),
        "not_competent": ("We are not the authority for these goods", "不属于我方职责范围"),
        "documents_missing": ("Documents needed for a decision are missing", "缺少作出决定所需的文件"),
    }
)
"""Why an application may be refused."""

PUBLIC_REASONS: Mapping[str, Words] = MappingProxyType({**HOLD_REASONS, **WITHDRAWAL_REASONS})
"""Everything a check page may say about a hold or a withdrawal."""


def reason_words(code: str, language: str) -> str:
    """Return the words of a public reason; the code itself when it is not published."""
    words = PUBLIC_REASONS.get(code) or REFUSAL_REASONS.get(code)
    if words is None:
        return code
    return words[1] if language.startswith("zh") else words[0]
