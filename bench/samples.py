"""The messages that the services answer with, and the JSON that every gateway must make of them.

Why       Seeded, so that two runs compare. Every field holds something, so that a gateway which
          leaves out empty fields and one which writes them have the same work and the same answer.
Called by workshop.py, as `python -m bench.samples FOLDER` with the generated messages on the path.
Never     is timed.
"""

import json
import random
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench_messages import bench_pb2
from google.protobuf.json_format import MessageToDict

LINKS, ITEMS = 20, 100
NEXT_PAGE = "CAES2Q=="
SHOWN_OF_ITEM = ("sku", "name", "currency")
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_WORDS = "amber birch cedar delta ember fjord grove harbor indigo juniper kestrel lagoon".split()


def main(folder: Path) -> None:
    """Write `<name>.bin` (wire) and `<name>.json` (what a gateway answers) for each sample."""
    chance = random.Random(4)
    samples = {"user": _user(chance), "links": _links(chance), "items": _items(chance)}
    folder.mkdir(parents=True, exist_ok=True)
    for name, message in samples.items():
        Path(folder, f"{name}.bin").write_bytes(message.SerializeToString(deterministic=True))
    documents = {name: MessageToDict(message) for name, message in samples.items()}
    home = _home(documents)
    for name, document in {**documents, "home": home, "home-view": _home_view(home)}.items():
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        Path(folder, f"{name}.json").write_text(text, encoding="utf-8")


def _home(documents: Mapping[str, Any]) -> dict[str, Any]:
    """The screen of three calls, as a client sees it."""
    return {
        "user": documents["user"],
        "links": documents["links"]["links"],
        "items": [{key: one[key] for key in SHOWN_OF_ITEM} for one in documents["items"]["items"]],
        "total": documents["links"]["totalSize"],
    }


def _home_view(home: Mapping[str, Any]) -> dict[str, Any]:
    """The same in a view's JSON: short words for enums, and 64-bit integers as numbers."""
    user = home["user"]
    state, followers = user["state"].removeprefix("USER_STATE_"), int(user["followerCount"])
    links = [{**one, "clicks": int(one["clicks"])} for one in home["links"]]
    return {**home, "user": {**user, "state": state, "followerCount": followers}, "links": links}


def _user(chance: random.Random) -> Any:
    return bench_pb2.User(
        id=f"users/{chance.getrandbits(128):032x}",
        display_name="Zoë Grünwald-Østby",
        email="zoe.grunwald@mail.example.org",
        state=bench_pb2.USER_STATE_ACTIVE,
        create_time=_moment(chance),
        address=bench_pb2.Address(
            street="17 Harbour Lane", city="Tromsø", postal_code="9008", country_code="NO"
        ),
        roles=["owner", "editor", "billing"],
        labels={"team": "growth", "region": "eu-north-1", "tier": "gold"},
        verified=True,
        follower_count=987_654_321,
        reputation=4.75,
    )


def _links(chance: random.Random) -> Any:
    links = [
        bench_pb2.Link(
            id=f"lnk_{chance.getrandbits(64):016x}",
            url=f"https://www.example.org/{_text(chance, 1)}/{chance.getrandbits(48):012x}"
            f"?utm_source=letter&ref={number}",
            title=_text(chance, 6),
            clicks=chance.randrange(1, 10**7),
            create_time=_moment(chance),
            tags=chance.sample(_WORDS, 3),
            pinned=True,
        )
        for number in range(LINKS)
    ]
    return bench_pb2.ListLinksResponse(links=links, next_page_token=NEXT_PAGE, total_size=137)


def _items(chance: random.Random) -> Any:
    items = [
        bench_pb2.Item(
            sku=f"SKU-{chance.getrandbits(32):08X}",
            name=_text(chance, 4),
            description=_text(chance, 15),
            price_micros=chance.randrange(1, 10**9),
            currency="EUR",
            weight_kg=chance.randrange(1, 10_000) / 1000,
            stock=chance.randrange(1, 1000),
            categories=chance.sample(_WORDS, 3),
            attributes={"color": _text(chance, 1), "size": "XL", "material": _text(chance, 1)},
            update_time=_moment(chance),
            active=True,
            bin_counts=[chance.randrange(300) for _ in range(6)],
        )
        for _ in range(ITEMS)
    ]
    return bench_pb2.ListItemsResponse(items=items, next_page_token=NEXT_PAGE)


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words))


def _moment(chance: random.Random) -> datetime:
    """Microseconds: the shortest form of most real clocks."""
    return _BEGAN + timedelta(microseconds=chance.randrange(10**13))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
