"""What the one XML parser makes of texts."""

import pytest

from gateway import xml


@pytest.mark.parametrize("blank", [" ", "\n", " \n\t"])
@pytest.mark.parametrize("length", [1, 249, 250, 300, 4001])
def test_a_text_of_white_space_is_kept_wherever_it_ends(blank: str, length: int) -> None:
    """libxml2 reads 4000 bytes at once: a blank text that ends with them looked like one between elements."""
    text = (blank * length)[:length]
    opening = "<r><p>"
    for end in (*range(3990, 4011), *range(7990, 8011)):
        padding = "x" * (end - length - len(opening) - len("</p><q><a>"))
        document = f"{opening}{padding}</p><q><a>{text}</a></q></r>"
        assert xml.parse(document.encode())[1][0].text == text
