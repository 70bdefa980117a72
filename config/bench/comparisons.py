"""Which slices are set against which, and how good is good enough."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from config.bench.measure import Size, Slice
from config.bench.peers import PEERS

Round = Mapping[str, Slice]


@dataclass(frozen=True, slots=True)
class Unit:
    """A figure of a slice and how to write it."""

    figure: Callable[[Slice], float]
    write: Callable[[float], str]


RATE = Unit(lambda each: each.rate, lambda rate: f"{rate:,.0f}/s")
P99 = Unit(lambda each: each.p99_ns, lambda ns: f"{ns / 1e6:.2f} ms")
MEDIAN = Unit(lambda each: each.median_ns, lambda ns: f"{ns / 1e6:.2f} ms")
MEMORY = Unit(lambda each: each.peak_bytes, lambda size: f"{size / 1e6:,.0f} MB")
DURATION = Unit(lambda each: each.nanoseconds / each.count, lambda ns: f"{ns / 1e3:,.0f} µs")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the table: slice `ours` divided by slice `reference`.

    at_least, at_most: the target for the ratio; neither: the line only tells.
    """

    title: str
    ours: str
    reference: str
    at_least: float | None = None
    at_most: float | None = None
    unit: Unit = RATE

    def result(self, rounds: Sequence[Round]) -> "Result":
        """The ratios of same-round pairs; none where a slice was never taken."""
        pairs = [
            (self.unit.figure(each[self.ours]), self.unit.figure(each[self.reference]))
            for each in rounds
            if self.ours in each and self.reference in each
        ]
        return Result(self, tuple(pairs))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a comparison: (ours, reference) of each round."""

    line: Comparison
    pairs: tuple[tuple[float, float], ...]

    @property
    def ratios(self) -> list[float]:
        """Sorted."""
        return sorted(ours / reference for ours, reference in self.pairs)

    @property
    def median_ratio(self) -> float:
        """The figure the target is held against."""
        return median(self.ratios)

    @property
    def is_met(self) -> bool | None:
        """None where there is no target or nothing was measured."""
        if not self.pairs:
            return None
        if self.line.at_least is not None:
            return self.median_ratio >= self.line.at_least
        if self.line.at_most is not None:
            return self.median_ratio <= self.line.at_most
        return None

    @property
    def target(self) -> str:
        """As it is written in the table."""
        if self.line.at_least is not None:
            return f"≥ {self.line.at_least:g}"
        return f"≤ {self.line.at_most:g}" if self.line.at_most is not None else ""

    @property
    def figures(self) -> tuple[str, str]:
        """The medians of both sides with their unit."""
        write = self.line.unit.write
        return (
            write(median(ours for ours, _ in self.pairs)),
            write(median(reference for _, reference in self.pairs)),
        )


def comparisons(size: Size) -> tuple[Comparison, ...]:
    """Every line of the table, in its order."""
    n, limit = size.processes, f"L0 x{size.processes}"
    spread, hot = f"post_now spread x{n}", f"post_now hot x{n}"
    batch, bulk = f"batch {size.batch}", f"batch {size.bulk}"
    many, all_ = f"{size.batch:,}", f"{size.bulk:,}"
    hordak, accounting = (peer.name for peer in PEERS)
    return (
        Comparison("post_now, wallet, 1 process", "post_now x1", "L0 x1", at_least=0.42),
        Comparison("post_now, card, 1 process", "post_now card x1", "L0 x1"),
        Comparison("post(session), wallet, 1 process", "post x1", "L0 x1", at_least=0.25),
        Comparison(f"post_now, wallet, {n} processes", spread, limit, at_least=0.35),
        Comparison("its slowest 1 % (p99)", spread, limit, at_most=3, unit=P99),
        Comparison("all onto one revenue account", hot, spread, at_least=0.9),
        Comparison(f"batch of {many}, bytes ready", f"{batch} bytes ready", "B0", at_least=0.5),
        Comparison(f"batch of {many}, making them", batch, "B0"),
        Comparison(f"{all_} at once, bytes ready", f"{bulk} bytes ready", "C0", at_least=0.5),
        Comparison(f"{all_} at once, making them", bulk, "C0"),
        Comparison("post_now against a peer", "post_now x1", hordak, at_least=4),
        Comparison("post(session) against it", "post x1", hordak),
        Comparison("post_now against a peer", "post_now x1", accounting, at_least=15),
        Comparison("post(session) against it", "post x1", accounting),
        Comparison(
            f"balance over {size.transfers:,} transfers", "balance large", "balance small",
            at_most=1.3, unit=DURATION,
        ),
        *_till_lines(size, batch),
        *_matching_lines(size),
    )  # fmt: skip


def _till_lines(size: Size, batch: str) -> tuple[Comparison, ...]:
    return (
        Comparison("pay key to terminal", "tap", "tap limit", at_most=1.2, unit=MEDIAN),
        Comparison("register page", "page", "budget", at_most=1, unit=MEDIAN),
        Comparison("its slowest 1 % (p99)", "page", "budget", unit=P99),
        Comparison("tap on an article", "add", "budget", unit=MEDIAN),
        Comparison(f"{size.queued:,} charges synced", f"sync {size.queued}", batch, at_least=0.6),
        Comparison(f"{size.messages:,} webhooks", "messages", "bare messages", at_least=0.6),
    )


def _matching_lines(size: Size) -> tuple[Comparison, ...]:
    """Goals of the matcher in joins R of the same month; `more_payments` only where asked for."""
    lines: list[Comparison] = []
    for count in filter(None, (size.payments, size.more_payments)):
        name = f"{count:,}"
        lines += [
            Comparison(
                f"{name} payments loaded", f"load {name}", f"R {name}", at_most=20, unit=DURATION
            ),
            Comparison("matched", f"match {name}", f"R {name}", at_most=9, unit=DURATION),
            Comparison("again", f"match again {name}", f"R {name}", at_most=3, unit=DURATION),
            Comparison("memory", f"match {name}", "worker budget", at_most=1, unit=MEMORY),
        ]
    if size.more_payments:
        grown = f"match {size.more_payments:,}", f"match {size.payments:,}"
        lines.append(Comparison("a payment in many", *grown, at_most=1.3, unit=DURATION))
    return tuple(lines)
