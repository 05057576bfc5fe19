"""What the register says by itself in an inquiry, English and Chinese. Source: `lifecycles.md` 5.2."""

from collections.abc import Mapping

from opensps.lifecycle.inquiry import MachineFinding

SENTENCES: Mapping[str, tuple[str, str]] = {
    MachineFinding.NEVER_ISSUED: (
        "Our register has no certificate with this number. Somebody will look at it.",
        "我方登记册中没有该编号的证书，将由工作人员核查。",
    ),
    MachineFinding.FIELDS_MATCH: (
        "The certificate is in force, and what you gave agrees with what was signed.",
        "证书有效，所提供的内容与签署内容一致。",
    ),
    MachineFinding.FIELDS_DIFFER: (
        "What you gave differs from what was signed.",
        "所提供的内容与签署内容不一致。",
    ),
    MachineFinding.REPLACED: ("The certificate was replaced.", "证书已被替换。"),
    MachineFinding.WITHDRAWN: ("The certificate was withdrawn.", "证书已撤回。"),
    MachineFinding.ON_HOLD: ("The certificate is on hold.", "证书已暂停使用。"),
    MachineFinding.ALREADY_ACCEPTED: (
        "Goods were accepted under this certificate before.",
        "该证书项下的货物此前已被接受。",
    ),
    MachineFinding.SIGNATURE_BAD: ("The signature of what we hold does not verify.", "我方所存文件的签名未通过验证。"),
    MachineFinding.CANNOT_TELL: (
        "Our register cannot answer this by itself. Somebody will look at it.",
        "登记册无法自动答复，将由工作人员核查。",
    ),
    "": (
        "The certificate is in our register and in force. No fields were given to compare.",
        "证书已在我方登记册中且有效；未提供可供核对的栏目。",
    ),
}
"""Machine finding -> what the asker reads, English and Chinese."""

NOT_PROPOSED = (
    (
        "en",
        "A promised withdrawal could not be proposed by itself. Propose it or write to the asker; then say so here.",
    ),
    (
        "zh",
        "答复承诺撤回证书，但系统未能自动提出撤回建议。请在证书页面提出撤回建议，或致函询问方，然后在此登记已办理。",
    ),
)
"""What our own people read where a promised withdrawal was not proposed."""
