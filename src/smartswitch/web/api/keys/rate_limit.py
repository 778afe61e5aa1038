"""How often one key may call: a bucket of BURST calls that fills again by CALLS_PER_S.

Buckets live in the memory of one process of the web account: with two processes a key may call up to twice as often. They
cost nothing to ask, and are not exact; what must be exact (money, limits on calls) is kept by the database.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

CALLS_PER_S = 20
BURST = 200
MOST_KEYS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class RateLimit:
    """Buckets of the keys that called last; who has not called for long finds a full one again."""

    def __init__(
        self, *, calls_per_s: float = CALLS_PER_S, burst: int = BURST, clock: Callable[[], float] = monotonic
    ) -> None:
        self.calls_per_s = calls_per_s
        self.burst = burst
        self._clock = clock
        self._buckets: OrderedDict[int, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, key_id: int) -> int:
        """Take one call out of a key's bucket: 0, or if it is empty, in how many seconds there is one again."""
        now = self._clock()
        with self._lock:
            bucket = self._buckets.pop(key_id, None) or _Bucket(self.burst, now)
            bucket.left = min(self.burst, bucket.left + (now - bucket.at) * self.calls_per_s)
            bucket.at = now
            self._buckets[key_id] = bucket
            if len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)
            if bucket.left < 1:
                return math.ceil((1 - bucket.left) / self.calls_per_s)
            bucket.left -= 1
            return 0


LIMIT = RateLimit()
