"""Answers each line, a case and a count as JSON, with how many milliseconds concurry took for so many acquisitions."""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
from concurry import CallLimit, LimitSet, RateLimit, RateLimitAlgorithm, ResourceLimit  # noqa: E402

PLENTY = 10**9
WINDOW_SECONDS = 60
REQUESTED = {"input_tokens": 10, "output_tokens": 5}


def limits_of(shape, algorithm, entries):
    if shape == "permit":
        return [ResourceLimit(key="connections", capacity=entries + 10)]
    window = {"window": WINDOW_SECONDS, "capacity": PLENTY, "algorithm": RateLimitAlgorithm[algorithm]}
    calls = [CallLimit(**window)]
    return calls if shape == "call" else calls + [RateLimit(key=key, **window) for key in REQUESTED]


class Contest:
    def __init__(self, shape, algorithm, entries):
        self.limits = LimitSet(limits=limits_of(shape, algorithm, entries), shared=False, mode="sync")
        self.requested = REQUESTED if shape == "call + 2 rates" else None
        self.held = [self.limits.acquire() for _ in range(entries)] if shape == "permit" else None
        if self.held is None:
            self.run(entries)

    def run(self, count):
        limits, requested = self.limits, self.requested
        if requested is None:
            for _ in range(count):
                with limits.acquire():
                    pass
        else:
            for _ in range(count):
                with limits.acquire(requested) as slot:
                    slot.update(usage=requested)


contests = {}
for line in sys.stdin:
    order = json.loads(line)
    case = (order["shape"], order["algorithm"], order["entries"])
    if case not in contests:
        contests.clear()
        contests[case] = Contest(*case)
    begun = time.perf_counter()
    contests[case].run(order["count"])
    print((time.perf_counter() - begun) * 1000, flush=True)
