"""Typed clients of projects/v1/projects.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.projects.v1 import projects_pb2

GET_PROJECT = Rpc(
    "projects.v1.ProjectService/GetProject",
    projects_pb2.GetProjectRequest,
    projects_pb2.Project,
    idempotent=True,
)
BATCH_GET_PROJECTS = Rpc(
    "projects.v1.ProjectService/BatchGetProjects",
    projects_pb2.BatchGetProjectsRequest,
    projects_pb2.BatchGetProjectsResponse,
    idempotent=True,
)
LIST_PROJECTS = Rpc(
    "projects.v1.ProjectService/ListProjects",
    projects_pb2.ListProjectsRequest,
    projects_pb2.ListProjectsResponse,
    idempotent=True,
)


class ProjectServiceClient(ServiceClient):
    """Work that people do together. Comments and posts belong to other services."""

    SERVICE = "projects.v1.ProjectService"

    @carries(GET_PROJECT)
    async def get_project(self, *, project_id: str) -> projects_pb2.Project:
        """Returns one project. Fails with NOT_FOUND when there is no such project.

        project_id  The project's id.
        """
        return await self._call.unary(
            GET_PROJECT,
            projects_pb2.GetProjectRequest(project_id=project_id),
        )

    @carries(BATCH_GET_PROJECTS)
    async def batch_get_projects(
        self,
        *,
        project_ids: Iterable[str],
    ) -> projects_pb2.BatchGetProjectsResponse:
        """Returns many projects by their ids, in the order of the ids. Unknown ids are left out
        of the reply.

        project_ids  The ids of the projects, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_PROJECTS,
            projects_pb2.BatchGetProjectsRequest(project_ids=project_ids),
        )

    @carries(LIST_PROJECTS)
    async def list_projects(
        self,
        *,
        owner_id: str | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> projects_pb2.ListProjectsResponse:
        """Lists projects, page by page: all of them, or those of one owner.

        owner_id    Only the projects that this user leads. Empty for all.
        page_size   How many projects to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_PROJECTS,
            projects_pb2.ListProjectsRequest(
                owner_id=owner_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )
