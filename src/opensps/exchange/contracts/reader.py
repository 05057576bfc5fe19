"""A message into a record, by the tables: children by local name in any order (`exchange.md` 2.1).

Another namespace, an `xsi:type` that names the type expected (or one that extends it), and unknown children are
tolerated; a repeated single child and another type are refused. `Strictness.STRICT` refuses what an own contract
would: foreign namespaces, unknown children, and another order.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from opensps.exchange.contracts.errors import ContractBroken
from opensps.exchange.contracts.simple_values import value_of
from opensps.exchange.contracts.tables import XSD, Child, ComplexType, Contract, Record, local
from opensps.formats.xml_stream import Node

ANY = f"{{{XSD}}}anyType"
_NO_CODES: frozenset[str] = frozenset()


class Strictness(Enum):
    """How a message is held to its contract."""

    TOLERANT = "tolerant"
    STRICT = "strict"


def read(
    contract: Contract,
    element: str,
    node: Node,
    *,
    strictness: Strictness = Strictness.TOLERANT,
    kept: frozenset[str] = _NO_CODES,
) -> Record:
    """Return what a global element holds.

    `kept` are Clark names of elements handed over as `Node`, unread, as those of `anyType` are. Raises
    `ContractBroken`.
    """
    return _Reading(contract, strictness, kept).record(node, contract.elements[element].type, local(element))


class _Reading:
    """One reading of one message."""

    def __init__(self, contract: Contract, strictness: Strictness, kept: frozenset[str]) -> None:
        self.contract = contract
        self.is_strict = strictness is Strictness.STRICT
        self.kept = kept

    def record(self, node: Node, type_name: str, path: str) -> dict[str, Any]:
        self._check_type(node, type_name, path)
        found: dict[str, Any] = {}
        for attribute in self.contract.attributes_of(type_name):
            if attribute.name in node.attributes:
                where = f"{path}/@{attribute.name}"
                found[f"@{attribute.name}"] = value_of(
                    self.contract, attribute.type, node.attributes[attribute.name], where
                )
            elif attribute.is_required:
                raise ContractBroken("missing", f"{path}/@{attribute.name}", "the attribute is missing")
        text = self.contract.text_of(type_name)
        if text:
            found["#text"] = value_of(self.contract, text, _short(node, path), path)
            return found
        self._children(node, type_name, path, found)
        return found

    def _check_type(self, node: Node, type_name: str, path: str) -> None:
        """Refuse an `xsi:type` that is neither the type expected nor one that extends it."""
        if not node.type:
            return
        said, expected = local(node.type), local(type_name)
        while said != expected:
            extended = [name for name in self.contract.types if local(name) == said]
            held = self.contract.types[extended[0]] if extended else None
            if not isinstance(held, ComplexType) or not held.base:
                raise ContractBroken("type", path, f"{expected} is expected, not {local(node.type)[:60]}")
            said = local(held.base)

    def _children(self, node: Node, type_name: str, path: str, found: dict[str, Any]) -> None:
        children = self.contract.children_of(type_name)
        if self.is_strict:
            _check_order(node, children, path)
        for each in node.children:
            child = children.get(each.local)
            if child is not None:
                self._take(each, child, f"{path}/{each.local}", found)
        for name, child in children.items():
            self._complete(name, child, path, found)

    def _take(self, each: Node, child: Child, where: str, found: dict[str, Any]) -> None:
        name = each.local
        if child.field.is_repeated:
            found.setdefault(name, []).append(self._value(each, child, where))
        elif name in found:
            raise ContractBroken("repeated", where, "the element may occur once")
        else:
            found[name] = self._value(each, child, where)

    def _value(self, each: Node, child: Child, where: str) -> Any:
        if each.tag in self.kept or child.type == ANY:
            return each
        if each.is_nil:
            return None
        if child.is_complex:
            return self.record(each, child.type, where)
        if child.field.is_large and each.long is not None:
            return each.long
        return value_of(self.contract, child.type, _short(each, where), where)

    def _complete(self, name: str, child: Child, path: str, found: dict[str, Any]) -> None:
        """Refuse what is missing, leave out what is nil, and close repeated children."""
        where = f"{path}/{name}"
        if child.field.is_repeated:
            found[name] = items = tuple(found.get(name, ()))
            if len(items) < child.field.least or (child.field.most is not None and len(items) > child.field.most):
                raise ContractBroken("missing", where, "too few or too many of the element")
        elif found.get(name) is None:
            found.pop(name, None)
            if child.field.least:
                raise ContractBroken("missing", where, "the element is missing")


def _check_order(node: Node, children: Mapping[str, Child], path: str) -> None:
    """Refuse children that are not expected, or not in their place."""
    last, places = -1, {name: place for place, name in enumerate(children)}
    for each in node.children:
        child = children.get(each.local)
        if child is None or child.tag != each.tag:
            raise ContractBroken("unexpected", f"{path}/{each.local}", "the element is not expected here")
        if places[each.local] < last:
            raise ContractBroken("order", f"{path}/{each.local}", "the element stands in the wrong place")
        last = places[each.local]


def _short(node: Node, path: str) -> str:
    if node.long is not None:
        raise ContractBroken("too_long", path, "the text is too long")
    return node.text
