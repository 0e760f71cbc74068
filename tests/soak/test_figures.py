"""The soak run's judgement: what is well, and each thing that is not."""

from dataclasses import replace

import pytest

from tests.soak.figures import Pushes, Run, Sample, shown, wrong

WELL = Pushes([0.02] * 99 + [0.4], [1] * 100, 0, 0)
FLAT = [Sample(100_000, 40, 60, 8, 5)] * 16
RUN = Run(WELL, Pushes([3.0, 9.0], [2, 3], 1, 1), WELL, FLAT, 0, 0, {"busy": 3})


def test_all_is_well() -> None:
    assert wrong(RUN) == []
    assert "0.080" in shown(RUN) and "Broken" not in shown(RUN)
    assert "the burst was over 1 at try 2, 1 at try 3; put off: busy 3\n" in shown(RUN)


@pytest.mark.parametrize(
    ("run", "what"),
    [
        (replace(RUN, steady=replace(WELL, given_up=1)), "1 pushes were given up under a load that it can take"),
        (replace(RUN, lost=3), "3 messages were acknowledged and are not recorded"),
        (replace(RUN, after=replace(WELL, seconds=[5.1])), "an answer to WeChat took five seconds and more"),
        (replace(RUN, after=replace(WELL, tries=[2, 3])), "2 pushes were put off under a load that it can take"),
        (replace(RUN, after=replace(WELL, silent=2)), "2 pushes got no answer under a load that it can take"),
        (replace(RUN, undelivered=4), "4 rows were not delivered in the end"),
        (replace(RUN, samples=[replace(FLAT[0], memory=100_000 + 5_000 * n) for n in range(16)]), "memory grew from"),
        (replace(RUN, samples=[replace(FLAT[0], tasks=40 + 20 * n) for n in range(16)]), "tasks grew from"),
        (replace(RUN, samples=[replace(FLAT[0], files=60 + 20 * n) for n in range(16)]), "files grew from"),
        (replace(RUN, samples=[replace(FLAT[0], connections=5 + 8 * n) for n in range(16)]), "connections grew from"),
    ],
)
def test_what_is_not_is_named(run: Run, what: str) -> None:
    (found,) = wrong(run)
    assert found.startswith(what) and found in shown(run)
