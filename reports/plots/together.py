"""Figures drawn in two processes where there are many: matplotlib takes one processor alone."""

import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from cochange.reports.plots.plan import Picture, Plan

# Fewer are drawn sooner than a second process has loaded matplotlib.
MANY = 8
# A fresh interpreter, for a fork would take over threads, and multiprocessing would run a user's script again.
PROGRAM = "from cochange.reports.plots.together import answer; answer()"

Pictures = dict[str, Picture]


def draw(plans: Sequence[Plan]) -> Pictures:
    """The pictures of some plans, by their keys.

    Parameters
    ----------
    plans : sequence of Plan
        What to draw.
    """
    if len(plans) < MANY or (os.cpu_count() or 1) < 2 or not sys.executable:
        return _here(plans)
    ours, theirs = plans[::2], plans[1::2]
    other = subprocess.Popen(
        [sys.executable, "-P", "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with other, ThreadPoolExecutor(1) as waiting:
        # What is answered has to be taken from the pipe as it comes.
        answered = waiting.submit(other.communicate, pickle.dumps(theirs))
        drawn = _here(ours)
        content, _ = answered.result()
    return drawn | (pickle.loads(content) if other.returncode == 0 else _here(theirs))


def answer() -> None:
    """Draw the plans that come in, and send back their pictures."""
    plans: Sequence[Plan] = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(_here(plans)))


def _here(plans: Sequence[Plan]) -> Pictures:
    if not plans:
        return {}
    from cochange.reports.plots.canvas import picture_of

    return {plan.key: picture_of(plan) for plan in plans}
