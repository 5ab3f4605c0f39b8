"""What an event of EGF2 is, and what each says of the state. Nothing of Spark is needed to understand a line."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Optional

METHODS = ('POST', 'PUT', 'DELETE')
# client-data stamps its events in microseconds, the framework's documents speak of milliseconds: below this it must be milliseconds (until the year 5138)
FIRST_MICROSECONDS = 10**14
LAST_MICROSECONDS = 253_402_300_799_999_999  # 9999-12-31


class Event(NamedTuple):
    """A line of the queue: either `reason` says why it is parked, or the rest is there."""

    reason: Optional[str] = None
    event: Optional[str] = None
    #: Microseconds since 1970.
    created_at: Optional[int] = None
    method: Optional[str] = None
    #: The object's id; None when the event is about an edge.
    object: Optional[str] = None
    src: Optional[str] = None
    name: Optional[str] = None
    dst: Optional[str] = None
    object_type: Optional[str] = None
    #: What the object or edge holds now, or held when it was deleted: JSON with sorted keys, unknown fields included.
    fields: Optional[str] = None


def parse(value: Optional[bytes]) -> Event:
    """Never raises: one line that nobody can read must not stop the queue for ever."""
    if value is None:
        return Event(reason='has no value')
    try:
        document = json.loads(bytes(value).decode('utf-8'), parse_constant=_refuse)
    except UnicodeDecodeError:
        return Event(reason='is not UTF-8')
    except RecursionError:
        return Event(reason='is nested too deep')
    except ValueError as error:
        return Event(reason=f'is not JSON: {error}')
    if not isinstance(document, dict):
        return Event(reason='is not a JSON object')
    problems: list[str] = []
    event = _event(document, problems)
    return Event(reason='; '.join(problems)) if problems else event


def _event(document: dict[str, Any], problems: list[str]) -> Event:
    if document.get('object_type') != 'event':
        problems.append('object_type is not "event"')
    method = document.get('method')
    if method not in METHODS:
        problems.append(f'method is none of {", ".join(METHODS)}')
    about_object, about_edge = document.get('object') is not None, document.get('edge') is not None
    if about_object == about_edge:
        problems.append('needs either object or edge')
    edge = document.get('edge') if about_edge else {}
    if not isinstance(edge, dict):
        problems.append('edge is not an object')
        edge = {}
    held = document.get('previous' if method == 'DELETE' else 'current')
    if held is not None and not isinstance(held, dict):
        problems.append('the state it tells is not an object')
        held = None
    if about_object and held is None and method in ('POST', 'PUT'):
        problems.append('current is missing')
    object_type = (held or {}).get('object_type')
    return Event(
        event=_text(document, 'id', problems),
        created_at=_microseconds(document.get('created_at'), problems),
        method=method,
        object=_text(document, 'object', problems) if about_object else None,
        src=_text(edge, 'src', problems, 'edge.') if about_edge else None,
        name=_text(edge, 'name', problems, 'edge.') if about_edge else None,
        dst=_text(edge, 'dst', problems, 'edge.') if about_edge else None,
        object_type=object_type if isinstance(object_type, str) and _storable(object_type) else None,
        fields=None if held is None else _canonical(held, problems),
    )


def _text(document: dict[str, Any], key: str, problems: list[str], prefix: str = '') -> Optional[str]:
    text = document.get(key)
    if not isinstance(text, str) or not text or not _storable(text):
        problems.append(f'{prefix}{key} is not a text')
        return None
    return text


def _microseconds(number: Any, problems: list[str]) -> Optional[int]:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= LAST_MICROSECONDS:
        problems.append('created_at is not a time in milliseconds or microseconds')
        return None
    return number if number >= FIRST_MICROSECONDS else number * 1000


def _canonical(held: dict[str, Any], problems: list[str]) -> Optional[str]:
    try:
        text = json.dumps(held, sort_keys=True, separators=(',', ':'), ensure_ascii=False, allow_nan=False)
        return text if _storable(text) else json.dumps(held, sort_keys=True, separators=(',', ':'), allow_nan=False)
    except ValueError:
        problems.append('holds a number that is too large')
    except RecursionError:
        problems.append('is nested too deep')
    return None


def _storable(text: str) -> bool:
    """JSON can spell half a surrogate pair, UTF-8 cannot."""
    try:
        text.encode('utf-8')
        return True
    except UnicodeEncodeError:
        return False


def _refuse(constant: str) -> None:
    raise ValueError(f'{constant} is not JSON')
