"""Areas are called as the state calls them."""

import pytest

from stations.wording.areas import area_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("36", "江西省"),
        ("3606", "鹰潭市"),
        ("360681", "鹰潭市贵溪市"),
        ("110105", "北京市朝阳区"),
        ("500229", "重庆市城口县"),
        ("419001", "河南省济源市"),
        ("5002", ""),
        ("4190", ""),
        ("990121", ""),
        ("360681101", ""),
        ("", ""),
    ],
)
def test_provinces_cities_and_counties_have_names(code, name) -> None:
    assert area_name(code) == name
