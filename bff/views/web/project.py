"""A project with everything around it: its people, and a page of its comments."""

from bff.compose.view import Soft, View, call, defer, paged, path
from bff.views.shapes.people import Person
from bff.views.shapes.projects import CommentCard, ProjectCard
from generated.identity.users.v1.users_client import UserServiceClient
from generated.projects.comments.v1.comments_client import CommentServiceClient
from generated.projects.v1.projects_client import ProjectServiceClient


class ProjectPage(View, get="/v1/projects/{project_id}/full", client="web", deadline_ms=800):
    """One project, who leads it and works on it, and its comments, the oldest first."""

    project_id = path(str)
    _project = call(ProjectServiceClient.get_project, project_id=project_id)

    project: ProjectCard = ProjectCard.of(_project)
    lead: Soft[Person] = Person.of(call(UserServiceClient.get_user, user_id=_project.owner_id))
    members: Soft[list[Person]] = Person.each(
        call(UserServiceClient.batch_get_users, user_ids=_project.member_ids).users
    )
    comments: Soft[list[CommentCard]] = defer(
        CommentCard.each(
            paged(CommentServiceClient.list_comments, project_id=project_id, page_size=50).comments
        )
    )
