"""Passes that were sold and not used up: from the opening to what is still owed in visits."""

from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from reconciliation.german import euros
from reconciliation.reports import Report
from reconciliation.reports.document import Cell, Document, Table, euro, text
from reconciliation.reports.moves import balance_around, moves
from reconciliation.reports.period import Period
from reconciliation.reports.sums import reach

CONTROLS = {
    "391000": "Mehrfachkarten Bäder", "391010": "Ferien- und Saisonkarten", "391020": "Museumscard",
}  # fmt: skip
SOLD, EXPIRED = ("pass_sale", "combi_sale"), ("pass_expired", "combi_expired")
_COLUMNS = (
    text("Karten"), euro("Anfang"), euro("verkauft"), euro("genutzt"), euro("verfallen"),
    euro("erstattet, storniert"), euro("Ende"), euro("Wert der Restbesuche"),
)  # fmt: skip

# A visit is worth the net by the number of visits, the first ones a cent more until it comes out;
# with a museum card each house has its share, and the last house what is left. The day of a sale is
# looked up for passes that are not used up alone.
_REMAINING = """
    WITH gone AS (
        SELECT u.pass, u.key, u.turn FROM (
            SELECT pass, key, turn FROM release_day
             WHERE booked_on <= :last AND block_number <= :kept_block
            UNION ALL
            SELECT r.pass, r.key, r.turn FROM entry e JOIN pass_release r ON r.key = e.key
             WHERE e.id > :kept_entry AND e.id <= :until_entry AND e.booked_on <= :last) u
         WHERE NOT EXISTS (SELECT FROM pass_visit_taken_back b
                            WHERE b.pass = u.pass AND b.visit = u.key AND b.visit_turn = u.turn)),
    used AS (SELECT pass, count(*) AS units FROM gone GROUP BY pass),
    houses AS (
        SELECT p.code AS pass, sum(p.net_cents * CAST(p.houses ->> v.house AS bigint)
                                   / w.whole)::bigint AS cents
          FROM sold_pass p
          JOIN pass_visit v ON v.pass = p.code AND v.house IS NOT NULL
          JOIN gone g ON g.pass = v.pass AND g.key = v.key AND g.turn = v.turn
          CROSS JOIN LATERAL (SELECT sum(CAST(value AS bigint))::bigint AS whole
                                FROM jsonb_each_text(p.houses)) w
         GROUP BY p.code),
    unused AS MATERIALIZED (
        SELECT p.*, coalesce(u.units, 0) AS used
          FROM sold_pass p LEFT JOIN used u ON u.pass = p.code
         WHERE coalesce(u.units, 0) < p.units
           AND NOT EXISTS (SELECT FROM pass_end x WHERE x.pass = p.code AND x.day <= :last))
    SELECT split_part(p.account, '/', 1) AS control,
           sum(CASE WHEN p.houses <> '{}' THEN p.net_cents - coalesce(h.cents, 0)
                    ELSE p.net_cents - div(p.net_cents, p.units) * p.used
                         - least(p.net_cents % p.units, p.used) END)::bigint AS cents
      FROM unused p
      CROSS JOIN LATERAL (
          SELECT FROM charge c WHERE c.key = p.charge AND c.booked_on <= :last
             AND c.entry_id <= :until_entry OFFSET 0) sold
      LEFT JOIN houses h ON h.pass = p.code
     GROUP BY 1"""


def build(session: Session, period: Period) -> Document:
    """Opening + sold - used - expired - returned = visits left at their value (§ 250 HGB)."""
    remaining = _remaining(session, period)
    rows: list[list[Cell]] = []
    agrees, total = True, 0
    for control, name in CONTROLS.items():
        opening, closing = (-cents for cents in balance_around(session, control, period))
        total += closing
        found = moves(session, control, period)
        net = {move.event: 0 for move in found}
        for move in found:
            net[move.event] += move.credit - move.debit
        sold, expired = _of(net, SOLD), -_of(net, EXPIRED)
        used = -sum(cents for event, cents in net.items() if event.endswith("_visit"))
        other = opening + sold - used - expired - closing
        left = remaining.get(control, 0)
        agrees = agrees and left == closing
        rows.append([name, opening, sold, used, expired, other, closing, left])
    table = Table(
        "Abgegrenzte Karten", _COLUMNS, rows, f"Noch geschuldete Besuche: {euros(total)}.",
        "Ende = Restbesuche × Wert", agrees,
    )  # fmt: skip
    return Document("Mehrfachkarten", period, (table,))


def _of(net: Mapping[str, int], events: tuple[str, ...]) -> int:
    return sum(net.get(event, 0) for event in events)


def _remaining(session: Session, period: Period) -> Mapping[str, int]:
    values = {"last": period.last, **asdict(reach(session, period.known_at))}
    rows = session.execute(sql(_REMAINING), values)
    return {row.control: row.cents for row in rows}


REPORT = Report("deferrals", "Mehrfachkarten", build)
