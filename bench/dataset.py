"""The tickets of the workload: the same for the floor and for the desk, the same at each run of the same seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FIRST_DAY = datetime(2024, 11, 1, tzinfo=UTC)
DAYS = 730
CUSTOMERS, STAFF, PRODUCTS, COMMENTS = 2_000, 50, 20, 3
COMMON_WORD = "printer"
RARE_WORDS = ("zephyrglass", "quillstone", "marbletide", "oxbowlamp", "fernvault")
RARE_TICKETS = 20
STATUSES = (("open", 15), ("waiting_customer", 10), ("resolved", 15), ("closed", 60))
PRIORITIES = ("urgent", "high", "normal", "low", None)
SEVERITIES = ("critical", "major", "minor", "trivial")
SUPPORT_WORDS = tuple(
    """
    screen picture sound video audio remote box board power cable adapter boot loop update download firmware
    release version channel list scan tuner signal antenna network wireless router cable switch address lease
    timeout gateway browser portal login account licence key smart card drm stream buffer freeze stutter black
    blue green pixel block noise echo volume mute subtitle language menu button led blink restart reset factory
    default setting time zone clock recording disk usb stick port hub keyboard mouse display monitor hdmi
    resolution frame rate format colour customer agent dealer warehouse batch serial number sample test report log
    trace dump crash kernel driver chip memory leak heat fan temperature sensor panel touch gesture battery charge
    sleep wake standby schedule repair replace return shipment evaluation project certificate measurement antenna
    bluetooth pairing voice search
    """.split()  # noqa: SIM905 - a hundred and more words read better without quotes
)


@dataclass(frozen=True, slots=True)
class BenchTicket:
    """One ticket with its comments. ``owner`` counts from 1, None is nobody."""

    id: int
    title: str
    description: str
    status: str
    priority: str | None
    severity: str
    product: int
    customer: int
    owner: int | None
    serial: str
    environment: str
    created: datetime
    comments: tuple[tuple[datetime, str], ...]


class Vocabulary:
    """About 130 words of support and some thousands invented ones, frequent in the manner of Zipf."""

    def __init__(self, chance: random.Random) -> None:
        syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il")]
        invented = sorted({"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(4_000)})
        words = [*SUPPORT_WORDS, *(word for word in invented if not word.startswith(COMMON_WORD))]
        self._chance, self._words = chance, words
        weights = [1 / (place + 10) for place in range(len(words))]
        self._cumulated = list(itertools.accumulate(weights))

    def words(self, count: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._cumulated, k=count)

    def text(self, sentences: tuple[int, int]) -> str:
        count = self._chance.randint(*sentences)
        return " ".join(" ".join(self.words(self._chance.randint(7, 13))).capitalize() + "." for _ in range(count))


def make_tickets(count: int, seed: int = 1) -> Iterator[BenchTicket]:
    """``count`` tickets in the order of their creation, evenly over DAYS."""
    chance = random.Random(seed)
    vocabulary = Vocabulary(chance)
    rare = _rare_places(chance, count)
    statuses, weights = zip(*STATUSES, strict=True)
    for number in range(1, count + 1):
        created = FIRST_DAY + timedelta(days=DAYS) * (number / (count + 1))
        title, description = " ".join(vocabulary.words(chance.randint(5, 8))), vocabulary.text((4, 7))
        comments, at = [], created
        for _ in range(COMMENTS):
            at += timedelta(minutes=chance.randint(5, 2_000))
            comments.append((at, vocabulary.text((2, 4))))
        if chance.random() < 0.05:
            if chance.random() < 0.3:
                title += f" {COMMON_WORD}"
            else:
                description += f" The {COMMON_WORD} too."
        where, word = rare.get(number, ("", ""))
        if where == "comment":
            comments[0] = (comments[0][0], f"{comments[0][1]} {word}")
        yield BenchTicket(
            id=number,
            title=f"{title} {word}" if where == "title" else title,
            description=f"{description} {word}" if where == "description" else description,
            status=chance.choices(statuses, weights)[0],
            priority=chance.choice(PRIORITIES),
            severity=chance.choice(SEVERITIES),
            product=chance.randint(1, PRODUCTS),
            customer=chance.randint(1, CUSTOMERS),
            owner=None if chance.random() < 0.05 else chance.randint(1, STAFF),
            serial=f"SN{number:09d}",
            environment=chance.choice(("factory", "field", "lab")),
            created=created,
            comments=tuple(comments),
        )


def _rare_places(chance: random.Random, count: int) -> dict[int, tuple[str, str]]:
    """Each rare word in 20 tickets: in 5 titles, 5 descriptions, 10 single comments."""
    numbers = chance.sample(range(1, count + 1), RARE_TICKETS * len(RARE_WORDS))
    parts = ["title"] * 5 + ["description"] * 5 + ["comment"] * 10
    places = [(part, word) for word in RARE_WORDS for part in parts]
    return dict(zip(numbers, places, strict=True))
