"""Decoder cases about delimiters that are wrong for their place, or missing (RFC 8188 section 2)."""

from __future__ import annotations

from msgspec.structs import replace

from harness.recipes.aes128gcm import Message, Record
from harness.vectors.generate.aes128gcm.messages import full, message, text, with_record
from harness.vectors.generate.area import DECRYPT, Area

PLACES = ("only", "first", "middle", "last")


def delimiter() -> Area:
    area = Area("aes128gcm/delimiter", DECRYPT, "Delimiters that are wrong for their place.", flag="WrongDelimiter")
    for place in PLACES:
        for padded in (False, True):
            _wrong_delimiters(area, place, padded)
        _without_delimiter(area, place)
    for place in PLACES:
        _right_one_before(area, place)
        _without_data(area, place)
    _other_shapes(area)
    return area


#: Values that each slip through some careless test: one bit more, the low bits right, the sign, text digits.
WRONG_FOR_LAST = (1, 3, 4, 6, 0x0A, 0x12, 0x20, 0x32, 0x42, 0x7F, 0x80, 0x82, 0xFE, 0xFF)
WRONG_FOR_OTHERS = (2, 3, 4, 5, 9, 0x10, 0x11, 0x21, 0x31, 0x7F, 0x80, 0x81, 0xFE, 0xFF)


def _base(place: str, padded: bool, *, shape: str = "") -> tuple[Message, int]:
    """A message with the record in question, and that record's position."""
    pad = 3 if padded else 0
    label = f"delimiter {place} {padded} {shape}"
    if place == "only":
        return message(label, Record(text(5), pad)), 0
    position = {"first": 0, "middle": 1, "last": 2}[place]
    built = message(label, *full(25, 3))
    if place != "last":
        return with_record(built, position, data=text(8 - pad), pad=pad), position
    return with_record(built, position, data=text(8 - pad if padded else 5), pad=pad), position


def _wrong_delimiters(area: Area, place: str, padded: bool) -> None:
    built, position = _base(place, padded)
    how = "padded" if padded else "bare"
    is_last = place in ("only", "last")
    near = area.accept(
        f"{place}-{how}",
        f"Correct; the {place} record {'has padding' if padded else 'has no padding'}.",
        built,
        "2/delimiter-last" if is_last else "2/delimiter-not-last",
        flags=("Normal",),
    )
    for value in WRONG_FOR_LAST if is_last else WRONG_FOR_OTHERS:
        area.refuse(
            f"{place}-{how}-is-{value}",
            f"The {place} record{', which is padded,' if padded else ''} has the delimiter {value}.",
            near,
            with_record(built, position, delimiter=value),
            "2/delimiter-last" if is_last else "2/delimiter-not-last",
            stages=("delimiter", "truncated") if value == 1 else ("delimiter", "trailing-data"),
        )


def _without_delimiter(area: Area, place: str) -> None:
    """A record of zeros alone, and one whose data stands where a delimiter should."""
    is_last = place in ("only", "last")
    for pad in (1, 2, 8):
        if not is_last and pad != 8:
            continue  # a record that others follow fills rs
        built, position = _base(place, False, shape=f"zeros {pad}")
        rest = 0 if pad == 8 and not is_last else pad - 1
        near_record = Record(pad=7 if pad == 8 else rest)
        near_built = replace(built, records=(*built.records[:position], near_record, *built.records[position + 1 :]))
        if not is_last:
            near_built = with_record(near_built, position, pad=8)
        near = area.accept(
            f"{place}-zeros-{pad}-near-miss",
            f"Correct; the {place} record holds its delimiter and padding alone.",
            near_built,
            "2/padding",
            flags=("Normal",),
        )
        area.refuse(
            f"{place}-zeros-{pad}",
            f"The {place} record holds zeros alone, where one of them should be a delimiter.",
            near,
            with_record(near_built, position, delimiter=0),
            "2/no-nonzero-octet",
            stages=("padding", "delimiter"),
            flags=("NoDelimiter",),
        )
    built, position = _base(place, True, shape="data")
    near = area.accept(
        f"{place}-ends-in-data-near-miss",
        f"Correct; the {place} record has data and padding.",
        built,
        "2/padding",
        flags=("Normal",),
    )
    area.refuse(
        f"{place}-ends-in-data",
        f"The {place} record has no delimiter of its own: its last octet that is not zero is a letter of data.",
        near,
        with_record(built, position, delimiter=0),
        "2/delimiter-last" if is_last else "2/delimiter-not-last",
        stages=("delimiter",),
    )


#: What a careless test for the end of padding also takes for it: white space, and any octet that is no delimiter.
TAKEN_FOR_PADDING = (0x09, 0x0A, 0x0B, 0x0D, 0x20, 0x03)


def _right_one_before(area: Area, place: str) -> None:
    """Data that holds the right delimiter, before a delimiter that is wrong: searching for it finds the former."""
    is_last = place in ("only", "last")
    right, rule = (2, "2/delimiter-last") if is_last else (1, "2/delimiter-not-last")
    mark = bytes([right])
    for name, data, pad, values, where in (
        ("at-the-end", text(7) + mark, 0, TAKEN_FOR_PADDING, "ends in"),
        ("inside", text(2) + mark + text(5), 0, (3, 3 - right), "holds"),
        ("before-zeros", text(4) + mark + bytes(3), 0, (3,), "ends in zeros after"),
        ("before-padding", text(5) + mark, 2, (0x20, 3), "is padded, and its data ends in"),
    ):
        built, position = _base(place, False, shape=f"right {name}")
        near = area.accept(
            f"{place}-data-with-{right}-{name}",
            f"Correct; the {place} record {where} the octet {right}.",
            with_record(built, position, data=data, pad=pad),
            rule,
            "2/delimiter-is-last-nonzero",
            flags=("Normal",),
        )
        for value in values:
            area.refuse(
                f"{place}-data-with-{right}-{name}-is-{value}",
                f"The {place} record's data {where} the octet {right}, and then its delimiter is {value}.",
                near,
                with_record(near.recipe, position, delimiter=value),
                rule,
                "2/delimiter-is-last-nonzero",
                stages=("delimiter", "truncated", "trailing-data"),
            )


def _without_data(area: Area, place: str) -> None:
    """Wrong delimiters in records that hold no data: a short one of a single octet, and padded ones."""
    is_last = place in ("only", "last")
    rule = "2/delimiter-last" if is_last else "2/delimiter-not-last"
    for pad in (0, 7) if is_last else (8,):
        what = "its delimiter alone" if pad == 0 else "its delimiter and padding alone"
        built, position = _base(place, False, shape=f"no data {pad}")
        near = area.accept(
            f"{place}-without-data-{pad}",
            f"Correct; the {place} record holds {what}.",
            with_record(built, position, data=b"", pad=pad),
            rule,
            flags=("Normal",),
        )
        for value in (1, 3, 0x82) if is_last else (2, 3, 0x81):
            area.refuse(
                f"{place}-without-data-{pad}-is-{value}",
                f"The {place} record holds {what}, and that delimiter is {value}.",
                near,
                with_record(near.recipe, position, delimiter=value),
                rule,
                stages=("delimiter", "truncated", "trailing-data"),
            )


def _other_shapes(area: Area) -> None:
    """What the places above leave out: short and padded, full and bare, and a record far behind the first ones."""
    for name, built, position, values in (
        ("only-short-padded", message("delimiter shape 1", Record(text(3), 2)), 0, (1, 3)),
        ("only-full-bare", message("delimiter shape 2", Record(text(8))), 0, (1, 3)),
        ("last-short-padded", message("delimiter shape 3", *full(25, 2), Record(text(3), 2)), 2, (1, 3)),
        ("last-full-bare", message("delimiter shape 4", *full(25, 3)), 2, (1, 3)),
        ("fourth-of-six", message("delimiter shape 5", *full(25, 6)), 3, (2, 3)),
        ("last-but-one-of-six", message("delimiter shape 6", *full(25, 6)), 4, (2, 3)),
        ("last-of-six", message("delimiter shape 7", *full(25, 6)), 5, (1, 3)),
    ):
        is_last = position == len(built.records) - 1
        rule = "2/delimiter-last" if is_last else "2/delimiter-not-last"
        near = area.accept(f"{name}-near-miss", f"Correct; {name.replace('-', ' ')}.", built, rule, flags=("Normal",))
        for value in values:
            area.refuse(
                f"{name}-is-{value}",
                f"The {name.replace('-', ' ')} record has the delimiter {value}.",
                near,
                with_record(built, position, delimiter=value),
                rule,
                stages=("delimiter", "truncated", "trailing-data"),
            )
