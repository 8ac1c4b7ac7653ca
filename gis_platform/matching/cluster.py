"""Parts of a dataset answered by a Dask cluster: one that is there, or one made for the job."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

from distributed import Client, LocalCluster, as_completed

from gis_platform.core.errors import Place, Text, Unavailable
from gis_platform.matching.files import MatchedFile, processors
from gis_platform.matching.parts import Part, answer_part

LOCAL = "local"
_TIMEOUT_S = 10


def answer_on(
    scheduler: str, workers: int | None
) -> Callable[[Iterable[Part]], Iterator[MatchedFile]]:
    """What answers parts on a cluster, in whatever order they get done.

    Args:
        scheduler: its address, or ``local``: processes of this machine, for this job only.
        workers: processes of a local cluster; as many as processors where not given.
    """

    def answer(parts: Iterable[Part]) -> Iterator[MatchedFile]:
        if scheduler != LOCAL:
            yield from _answered(scheduler, parts)
            return
        with closing(
            LocalCluster(
                n_workers=workers or processors(),
                threads_per_worker=1,
                dashboard_address=None,
                silence_logs=logging.ERROR,
            )
        ) as cluster:
            yield from _answered(cluster.scheduler_address, parts)

    return answer


def _answered(address: str, parts: Iterable[Part]) -> Iterator[MatchedFile]:
    """Raises ``Unavailable`` where nobody answers, and what a part raises."""
    try:
        client = Client(address, timeout=_TIMEOUT_S)
    except (OSError, ValueError) as error:
        raise Unavailable(
            Text(f"Dask kümesine ulaşılamadı: {error}", f"No Dask cluster there: {error}"),
            place=Place(file=address),
            remedy=Text(
                "adresi denetleyin: tcp://sunucu:8786", "check the address: tcp://host:8786"
            ),
        ) from None
    with client:
        futures = client.map(answer_part, list(parts), pure=False)
        for future in as_completed(futures):
            yield future.result()
            future.release()
