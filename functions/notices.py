"""What is said beside a result: Moodle's `warnings`."""

from typing import Annotated

from gateway import ABSENT, Maybe, Param, Struct
from gateway.words import AlphaNum


class Notice(Struct, kw_only=True, name="Warning"):
    """Something that was left aside or cut, and did not cost the call."""

    item: Annotated[Maybe[str], Param("What it is about")] = ABSENT
    itemid: Annotated[Maybe[int], Param("The id of what it is about")] = ABSENT
    warningcode: Annotated[AlphaNum, Param("For programs")]
    message: Annotated[str, Param("For people")]
