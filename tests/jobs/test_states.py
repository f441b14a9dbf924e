import pytest
from sqlalchemy import update

from backend.app.jobs.states import GRAPH, TERMINAL, Edge, JobStatus, sources, target
from backend.app.store.jobs.claims import move
from backend.app.store.jobs.tables import JOBS

from .rows import Rows

Q, R, S = JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.SUCCEEDED
F, C = JobStatus.FAILED, JobStatus.CANCELLED

EDGES = {
    (Q, Edge.CLAIM): R,
    (R, Edge.RECLAIM): R,
    (R, Edge.RELEASE): Q,
    (R, Edge.PAUSE): Q,
    (R, Edge.CRASH): Q,
    (R, Edge.GIVE_UP): F,
    (R, Edge.FAIL): F,
    (R, Edge.FINISH): S,
    (Q, Edge.CANCEL_WAITING): C,
    (R, Edge.CANCEL_RUNNING): C,
    (F, Edge.RETRY): Q,
    (C, Edge.RETRY): Q,
}


def test_graph_has_exactly_these_edges():
    graph = {(start, edge): target(edge) for edge in Edge for start in sources(edge)}
    assert graph == EDGES
    assert set(GRAPH) == set(Edge)


def test_only_retry_leaves_a_terminal_state():
    assert {edge for edge in Edge if sources(edge) & TERMINAL} == {Edge.RETRY}
    assert S not in sources(Edge.RETRY)


@pytest.mark.parametrize("edge", [e for e in Edge if e not in (Edge.CLAIM, Edge.RECLAIM)])
def test_rows_change_only_along_edges(rows: Rows, edge: Edge):
    for start in JobStatus:
        job_id = rows.job()
        _put(rows, job_id, start)
        with rows.database.write() as session:
            moved = move(session.connection(), job_id, edge)
        assert moved == ((start, edge) in EDGES)
        assert rows.record(job_id).job.status == EDGES.get((start, edge), start)


def _put(rows: Rows, job_id: str, status: JobStatus) -> None:
    with rows.database.write() as session:
        session.connection().execute(
            update(JOBS).where(JOBS.c.id == job_id).values(status=status, owner="me")
        )
