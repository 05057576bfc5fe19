"""SPSConsignment into a value."""

from dataclasses import replace

from lxml import etree

from opensps.certificate import Consignment, ConsignmentItem, CountryArea, Party, Totals, TradeLineItem
from opensps.formats.reading import leaves
from opensps.formats.reading.goods import item
from opensps.formats.reading.parties import country, each, entry, event_place, first, location, party
from opensps.formats.reading.trail import Trail
from opensps.formats.reading.transport import equipment, main_carriage

PATH = "consignment"
_TOTALS = "consignment totals"


def consignment(trail: Trail, element: etree._Element) -> Consignment:
    """Return the goods moving under the certificate."""
    kids = trail.children(element, "Consignment")
    items = each(trail, kids.pop("IncludedSPSConsignmentItem", ()), f"{PATH}.items", item)
    items, totals = _totals(trail, items)
    value = Consignment(
        id=leaves.first_identifier(trail, kids.pop("ID", ()), f"{PATH}.id"),
        availability_due=leaves.first_time(trail, kids.pop("AvailabilityDueDateTime", ()), f"{PATH}.availability_due"),
        export_exit=leaves.first_time(trail, kids.pop("ExportExitDateTime", ()), f"{PATH}.export_exit"),
        is_ship_stores=leaves.indicator(trail, kids.pop("ShipStoresIndicator", ()), f"{PATH}.is_ship_stores"),
        consignor=first(trail, kids.pop("ConsignorSPSParty", ()), f"{PATH}.consignor", party) or Party(),
        consignee=first(trail, kids.pop("ConsigneeSPSParty", ()), f"{PATH}.consignee", party) or Party(),
        export_country=first(trail, kids.pop("ExportSPSCountry", ()), f"{PATH}.export_country", country)
        or CountryArea(),
        import_country=first(trail, kids.pop("ImportSPSCountry", ()), f"{PATH}.import_country", country)
        or CountryArea(),
        re_export_countries=each(trail, kids.pop("ReExportSPSCountry", ()), f"{PATH}.re_export_countries", country),
        transit_countries=each(trail, kids.pop("TransitSPSCountry", ()), f"{PATH}.transit_countries", country),
        storage_places=each(trail, kids.pop("StorageSPSEvent", ()), f"{PATH}.storage_places", event_place),
        transit_places=each(trail, kids.pop("TransitSPSLocation", ()), f"{PATH}.transit_places", location),
        place_of_loading=first(trail, kids.pop("LoadingBaseportSPSLocation", ()), f"{PATH}.place_of_loading", location),
        point_of_entry=first(trail, kids.pop("UnloadingBaseportSPSLocation", ()), f"{PATH}.point_of_entry", entry),
        consignee_receipt_place=first(
            trail, kids.pop("ConsigneeReceiptSPSLocation", ()), f"{PATH}.consignee_receipt_place", location
        ),
        examination_place=first(trail, kids.pop("ExaminationSPSEvent", ()), f"{PATH}.examination_place", event_place),
        carrier=first(trail, kids.pop("CarrierSPSParty", ()), f"{PATH}.carrier", party),
        despatch_party=first(trail, kids.pop("DespatchSPSParty", ()), f"{PATH}.despatch_party", party),
        delivery_party=first(trail, kids.pop("DeliverySPSParty", ()), f"{PATH}.delivery_party", party),
        customs_transit_agent=first(
            trail, kids.pop("CustomsTransitAgentSPSParty", ()), f"{PATH}.customs_transit_agent", party
        ),
        main_carriages=each(
            trail, kids.pop("MainCarriageSPSTransportMovement", ()), f"{PATH}.main_carriages", main_carriage
        ),
        transport_equipment=each(
            trail, kids.pop("UtilizedSPSTransportEquipment", ()), f"{PATH}.transport_equipment", equipment
        ),
        totals=totals,
        items=items,
    )
    trail.rest(kids)
    return value


def _is_totals(line: TradeLineItem) -> bool:
    return line.sequence == 0 and any(text.value.lower().startswith(_TOTALS) for text in line.descriptions)


def _totals(trail: Trail, items: tuple[ConsignmentItem, ...]) -> tuple[tuple[ConsignmentItem, ...], Totals | None]:
    """Take the line of totals, numbered 0, out of the lines; judge how the others are numbered."""
    lines = [line for one in items for line in one.trade_line_items]
    found = next((line for line in lines if _is_totals(line)), None)
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
