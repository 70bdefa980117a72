"""Card terminals that speak ZVT (PA00P015): `protocol` is bytes, the rest is conversation."""

from terminals.adapters import Adapter
from terminals.adapters.zvt.settings import FIELDS, settings_of
from terminals.adapters.zvt.terminal import ZvtTerminal

ADAPTER = Adapter(
    name="zvt",
    title="Kartenterminal (ZVT)",
    fields=FIELDS,
    open=lambda given: ZvtTerminal(settings_of(given)),
)
