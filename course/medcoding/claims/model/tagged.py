"""A claim of either kind, told apart by its `kind`; and the way in from plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from medcoding.claims.model.base import ClaimError
from medcoding.claims.model.institutional import Institutional
from medcoding.claims.model.professional import Professional

AnyClaim = Annotated[Professional | Institutional, Field(discriminator="kind")]
"""For models that hold a claim."""

MAX_BYTES = 1_000_000
"""The longest JSON text that is read as a claim."""

KINDS = ("professional", "institutional")

_ADAPTER: TypeAdapter[Professional | Institutional] = TypeAdapter(AnyClaim)


def load(data: Mapping[str, Any] | str | bytes) -> Professional | Institutional:
    """See `Claim.load`."""
    if isinstance(data, (str, bytes)):
        if len(data) > MAX_BYTES:
            raise ClaimError((f"it is longer than {MAX_BYTES:,} bytes.",))
        try:
            data = json.loads(data)
        except (ValueError, RecursionError):
            raise ClaimError(("the text is not JSON: write one object, as `Claim.plain` gives it.",)) from None
    if not isinstance(data, Mapping):
        raise ClaimError((f"a {type(data).__name__} was found; a mapping of field names was expected.",))
    if data.get("kind") not in KINDS:
        raise ClaimError((f"kind is {str(data.get('kind'))[:20]!r}; it must be “professional” or “institutional”.",))
    try:
        return _ADAPTER.validate_python(dict(data))
    except ValidationError as error:
        raise ClaimError.of(error) from None
    except RecursionError:
        raise ClaimError(("it is nested too deep.",)) from None
