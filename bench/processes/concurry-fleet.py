"""One limit of concurry's that worker processes share, through an actor (mode `ray`) or a manager process (mode `process`).
Prints what they found as JSON. Each worker makes one acquisition at a time: it runs one method at a time, and its latency
is lowest so."""

import json
import logging
import os
import secrets
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")
# not what its name says: without it, Ray's servers listen on all addresses of the machine, not on the loopback alone
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
# one that is made here, or Ray leaves one in the home folder for good
os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
from concurry import CallLimit, LimitSet, Worker  # noqa: E402

PLENTY = 10**8


class Acquirer(Worker):
    def first(self):
        asked = time.perf_counter()
        with self.limits.acquire():
            return 1000 * (time.perf_counter() - asked)

    def acquire(self, warm_up_ms, for_ms):
        latencies = []
        begin = time.perf_counter() + warm_up_ms / 1000
        end = begin + for_ms / 1000
        while True:
            asked = time.perf_counter()
            if asked >= end:
                return latencies
            with self.limits.acquire():
                granted = time.perf_counter()
            if asked >= begin:
                latencies.append(1000 * (granted - asked))


def measure(mode, processes, warm_up_ms, for_ms):
    limits = LimitSet(limits=[CallLimit(window=1, capacity=PLENTY)], shared=True, mode=mode)
    workers = [Acquirer.options(mode=mode, limits=limits).init() for _ in range(processes)]
    try:
        cold = [answer.result() for answer in [worker.first() for worker in workers]]
        found = [answer.result() for answer in [worker.acquire(warm_up_ms, for_ms) for worker in workers]]
    finally:
        for worker in workers:
            worker.stop()
    print(json.dumps({"cold": cold, "latencies": [one for each in found for one in each]}))


def measure_on_ray(**order):
    import ray

    with tempfile.TemporaryDirectory(prefix="ray-") as folder:
        ray.init(
            num_cpus=order["processes"] + 1,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            object_store_memory=100_000_000,
            _temp_dir=folder,
        )
        try:
            measure(**order)
        finally:
            ray.shutdown()


if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    (measure_on_ray if order["mode"] == "ray" else measure)(**order)
