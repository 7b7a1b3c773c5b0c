"""Projects, and what people say about them."""

from collections.abc import Mapping

from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, Soft, call, src, word
from bff.views.shapes.people import Person
from generated.identity.users.v1.users_client import UserServiceClient
from generated.projects.comments.v1.comments_pb2 import Comment
from generated.projects.v1.projects_pb2 import Project


class ProjectCard(Shape[Project]):
    """A project, without the people."""

    project = src(Project)
    id: str = project.project_id
    title: str = project.title
    summary: str = project.summary
    state: str = word(project.state)
    progress: float = project.progress
    comment_count: int = project.comment_count
    create_time: Timestamp | None = project.create_time


class CommentCard(Shape[Comment]):
    """One comment. `author` is null where there is no such user any more."""

    comment = src(Comment)
    id: str = comment.comment_id
    text: str = comment.text
    author: Soft[Person] = Person.of(call(UserServiceClient.get_user, user_id=comment.author_id))
    reply_to: str | None = comment.reply_to_comment_id
    reactions: Mapping[str, int] = comment.reactions
    create_time: Timestamp | None = comment.create_time
