"""SPSConsignment into a value."""

from lxml import etree

from opensps.certificate import Consignment, ConsignmentItem, TransportCondition
from opensps.formats.reading import leaves
from opensps.formats.reading.goods import item
from opensps.formats.reading.parties import country, entry, event_place, location, party
from opensps.formats.reading.trail import Path, Trail, plan, start
from opensps.formats.reading.transport import equipment, main_carriage

PATH = start("consignment")


_CONSIGNMENT = plan(
    "Consignment",
    {
        "ID": ("id", leaves.identifier),
        "AvailabilityDueDateTime": ("availability_due", leaves.time),
        "ExportExitDateTime": ("export_exit", leaves.time),
        "ShipStoresIndicator": ("is_ship_stores", leaves.indicator),
        "ConsignorSPSParty": ("consignor", party),
        "ConsigneeSPSParty": ("consignee", party),
        "ExportSPSCountry": ("export_country", country),
        "ReExportSPSCountry": ("re_export_countries", country),
        "StorageSPSEvent": ("storage_places", event_place),
        "LoadingBaseportSPSLocation": ("place_of_loading", location),
        "ImportSPSCountry": ("import_country", country),
        "ConsigneeReceiptSPSLocation": ("consignee_receipt_place", location),
        "TransitSPSCountry": ("transit_countries", country),
        "TransitSPSLocation": ("transit_places", location),
        "UnloadingBaseportSPSLocation": ("point_of_entry", entry),
        "ExaminationSPSEvent": ("examination_place", event_place),
        "CarrierSPSParty": ("carrier", party),
        "DespatchSPSParty": ("despatch_party", party),
        "DeliverySPSParty": ("delivery_party", party),
        "CustomsTransitAgentSPSParty": ("customs_transit_agent", party),
        "MainCarriageSPSTransportMovement": ("main_carriages", main_carriage),
        "UtilizedSPSTransportEquipment": ("transport_equipment", equipment),
        "IncludedSPSConsignmentItem": ("items", item),
    },
)
_NO_ITEM = ConsignmentItem()


def consignment(trail: Trail, element: etree._Element, condition: TransportCondition | None) -> Consignment:
    """Return the goods moving under the certificate, under the condition a note of the document says."""
    values = trail.record(element, _CONSIGNMENT, PATH)
    items: tuple[ConsignmentItem, ...] = values.pop("items", ())
    if trail.totals is not None:
        items = tuple(one for one in items if one != _NO_ITEM)
    _judge_numbers(trail, items)
    return Consignment(items=items, totals=trail.totals, transport_condition=condition, **values)


def _judge_numbers(trail: Trail, items: tuple[ConsignmentItem, ...]) -> None:
    first = next((line for one in items for line in one.trade_line_items), None)
    if first is not None and first.sequence == 0:
        path: Path = (PATH, ".items")
        trail.say("READ-LINE-FROM-0", path)
