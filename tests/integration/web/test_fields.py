"""The reference of the fields: every element of the structure table is on the page, in both languages."""

import re

import pytest
from django.test import Client

from opensps.formats.structure import ROWS
from opensps.web.html.fields import _labels, groups

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/help/fields", "/zh-hans/help/fields"])
def test_the_page_names_every_element_of_the_structure_table(client: Client, address: str) -> None:
    page = client.get(address).content.decode().replace("<wbr>", "")
    assert set(re.findall(r'<h2 id="(\w+)"', page)) == set(ROWS)
    names = re.findall(r'<td[^>]*><span class="num" lang="en">(\w+)</span></td>', page)
    assert sorted(names) == sorted(child.name for row in ROWS.values() for child in row.children)
    assert all(f'href="#{name}"' in page for name in ROWS)


def test_the_page_says_how_often_an_element_stands_and_of_which_list_its_code_is(client: Client) -> None:
    page = client.get("/help/fields").content.decode().replace("<wbr>", "")
    assert re.search(r"NetWeightMeasure.*?quantity, with its unit.*?at most once", page, re.DOTALL)
    assert re.search(r"StatusCode.*?un_4405.*?once", page, re.DOTALL)
    assert re.search(r"TradeLineItem</span></h2>", page)


def test_every_label_is_used_and_in_both_languages() -> None:
    used = {group.name for group in groups("en")} | {field.name for group in groups("en") for field in group.fields}
    assert set(_labels()) == used
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in chinese) for _, chinese in _labels().values())
