"""SPSConsignment into a value."""

from dataclasses import replace

from lxml import etree

from opensps.certificate import Consignment, ConsignmentItem, Totals
from opensps.formats.reading import leaves
from opensps.formats.reading.goods import item
from opensps.formats.reading.parties import country, each, entry, event_place, first, location, party
from opensps.formats.reading.trail import Trail, plan
from opensps.formats.reading.transport import equipment, main_carriage
from opensps.formats.summary import is_totals

PATH = "consignment"


_CONSIGNMENT = plan(
    "Consignment",
    {
        "ID": ("id", leaves.first_identifier),
        "AvailabilityDueDateTime": ("availability_due", leaves.first_time),
        "ExportExitDateTime": ("export_exit", leaves.first_time),
        "ShipStoresIndicator": ("is_ship_stores", leaves.indicator),
        "ConsignorSPSParty": ("consignor", first(party)),
        "ConsigneeSPSParty": ("consignee", first(party)),
        "ExportSPSCountry": ("export_country", first(country)),
        "ReExportSPSCountry": ("re_export_countries", each(country)),
        "StorageSPSEvent": ("storage_places", each(event_place)),
        "LoadingBaseportSPSLocation": ("place_of_loading", first(location)),
        "ImportSPSCountry": ("import_country", first(country)),
        "ConsigneeReceiptSPSLocation": ("consignee_receipt_place", first(location)),
        "TransitSPSCountry": ("transit_countries", each(country)),
        "TransitSPSLocation": ("transit_places", each(location)),
        "UnloadingBaseportSPSLocation": ("point_of_entry", first(entry)),
        "ExaminationSPSEvent": ("examination_place", first(event_place)),
        "CarrierSPSParty": ("carrier", first(party)),
        "DespatchSPSParty": ("despatch_party", first(party)),
        "DeliverySPSParty": ("delivery_party", first(party)),
        "CustomsTransitAgentSPSParty": ("customs_transit_agent", first(party)),
        "MainCarriageSPSTransportMovement": ("main_carriages", each(main_carriage)),
        "UtilizedSPSTransportEquipment": ("transport_equipment", each(equipment)),
        "IncludedSPSConsignmentItem": ("items", each(item)),
    },
)


def consignment(trail: Trail, element: etree._Element) -> Consignment:
    """Return the goods moving under the certificate."""
    values = trail.record(element, _CONSIGNMENT, PATH)
    values["items"], values["totals"] = _totals(trail, values.get("items", ()))
    return Consignment(**values)


def _totals(trail: Trail, items: tuple[ConsignmentItem, ...]) -> tuple[tuple[ConsignmentItem, ...], Totals | None]:
    """Take the line of totals, numbered 0, out of the lines; judge how the others are numbered."""
    lines = [line for one in items for line in one.trade_line_items]
    found = next((line for line in lines if is_totals(line)), None)
    goods = [line for line in lines if line is not found]
    if goods and goods[0].sequence == 0:
        trail.say("READ-LINE-FROM-0", f"{PATH}.items")
    if found is None:
        return items, None
    kept = (
        replace(one, trade_line_items=tuple(line for line in one.trade_line_items if line is not found))
        for one in items
    )
    totals = Totals(found.net_weight, found.gross_weight, found.count, found.packages)
    return tuple(one for one in kept if one != ConsignmentItem()), totals
