"""Projects, the comments on them, and posts about work.

Why       A home page and a project with its comments, as JSON and as HTML: the texts hold markup.
Called by systems.py.
Never     changes anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import ClassVar

from google.protobuf.descriptor import ServiceDescriptor

from fake_services.doors import Context
from fake_services.identity import USER_IDS
from fake_services.refusal import not_found, required
from fake_services.shelf import Shelf
from fake_services.words import SENTENCES, SUBJECTS, TAGS, before, some
from generated.projects.comments.v1 import comments_pb2 as comments
from generated.projects.posts.v1 import posts_pb2 as posts
from generated.projects.v1 import projects_pb2 as projects

PROJECT_IDS = tuple(f"project-{number}" for number in range(1, 61))
COMMENT_COUNT = 900
POST_COUNT = 600
_REACTIONS = ("👍", "❤️", "🎉")


class ProjectService:
    """projects.v1.ProjectService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = projects.DESCRIPTOR.services_by_name["ProjectService"]

    def __init__(self) -> None:
        self._projects = Shelf("project_id", _projects(), group_by="owner_id")

    async def GetProject(
        self, request: projects.GetProjectRequest, context: Context
    ) -> projects.Project:
        return self._projects.get(request.project_id)

    async def BatchGetProjects(
        self, request: projects.BatchGetProjectsRequest, context: Context
    ) -> projects.BatchGetProjectsResponse:
        found = self._projects.batch(request.project_ids, field="project_ids")
        return projects.BatchGetProjectsResponse(projects=found)

    async def ListProjects(
        self, request: projects.ListProjectsRequest, context: Context
    ) -> projects.ListProjectsResponse:
        page, token = self._projects.page(request, group=request.owner_id)
        return projects.ListProjectsResponse(projects=page, next_page_token=token)


class CommentService:
    """projects.comments.v1.CommentService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = comments.DESCRIPTOR.services_by_name["CommentService"]

    def __init__(self) -> None:
        self._comments = Shelf("comment_id", _comments(), group_by="project_id")

    async def GetComment(
        self, request: comments.GetCommentRequest, context: Context
    ) -> comments.Comment:
        return self._comments.get(request.comment_id)

    async def ListComments(
        self, request: comments.ListCommentsRequest, context: Context
    ) -> comments.ListCommentsResponse:
        if required("project_id", request.project_id) not in PROJECT_IDS:
            raise not_found("project", request.project_id)
        page, token = self._comments.page(request, group=request.project_id)
        return comments.ListCommentsResponse(comments=page, next_page_token=token)


class PostService:
    """projects.posts.v1.PostService"""

    DESCRIPTOR: ClassVar[ServiceDescriptor] = posts.DESCRIPTOR.services_by_name["PostService"]

    def __init__(self) -> None:
        self._posts = Shelf("post_id", _posts(), group_by="author_id")

    async def GetPost(self, request: posts.GetPostRequest, context: Context) -> posts.Post:
        return self._posts.get(request.post_id)

    async def BatchGetPosts(
        self, request: posts.BatchGetPostsRequest, context: Context
    ) -> posts.BatchGetPostsResponse:
        found = self._posts.batch(request.post_ids, field="post_ids")
        return posts.BatchGetPostsResponse(posts=found)

    async def ListPosts(
        self, request: posts.ListPostsRequest, context: Context
    ) -> posts.ListPostsResponse:
        page, token = self._posts.page(request, group=request.author_id)
        return posts.ListPostsResponse(posts=page, next_page_token=token)


def _projects() -> Iterator[projects.Project]:
    random = Random("projects")
    counts = dict.fromkeys(PROJECT_IDS, 0)
    for comment in _comments():
        counts[comment.project_id] += 1
    for index, project_id in enumerate(PROJECT_IDS):
        yield projects.Project(
            project_id=project_id,
            title=f"{SUBJECTS[index % len(SUBJECTS)]} <{index + 1}>",
            summary=SENTENCES[index % len(SENTENCES)],
            owner_id=USER_IDS[index % 20],
            member_ids=random.sample(USER_IDS, index % 6),
            state=projects.ProjectState.Name(index % 3 + 1),
            comment_count=counts[project_id],
            progress=index % 11 / 10,
            create_time=before(timedelta(days=index * 4 + 1)),
            internal_budget=f"CANARY-internal-budget-{project_id}",
        )


def _comments() -> Iterator[comments.Comment]:
    """The oldest first; every project but the last has some, project-1 has 40 more."""
    random = Random("comments")
    for index in range(COMMENT_COUNT):
        project_id = PROJECT_IDS[0] if index < 40 else PROJECT_IDS[index % (len(PROJECT_IDS) - 1)]
        comment = comments.Comment(
            comment_id=f"c-{index + 1}",
            project_id=project_id,
            author_id=random.choice(USER_IDS[:60]),
            text=SENTENCES[index % len(SENTENCES)],
            reactions={emoji: random.randint(1, 30) for emoji in some(random, _REACTIONS, most=3)},
            create_time=before(timedelta(minutes=(COMMENT_COUNT - index) * 31)),
            internal_notes=f"CANARY-internal-notes-c-{index + 1}",
        )
        if 0 < index < 40 and index % 4 == 0:
            comment.reply_to_comment_id = f"c-{index}"
        yield comment


def _posts() -> Iterator[posts.Post]:
    """Newest first; ada, bob and cleo wrote 12 each."""
    random = Random("posts")
    for index in range(POST_COUNT):
        body = "\n\n".join(random.sample(SENTENCES, 4))
        post = posts.Post(
            post_id=f"post-{index + 1}",
            author_id=USER_IDS[index % 50],
            title=f"{SUBJECTS[index % len(SUBJECTS)]} ({index + 1})",
            body=body,
            tags=some(random, TAGS, most=4),
            checksum=hashlib.sha256(body.encode()).digest()[:8],
            publish_time=before(timedelta(hours=index * 3 + 1, microseconds=index)),
            internal_notes=f"CANARY-internal-notes-post-{index + 1}",
        )
        post.reading_time.FromMilliseconds(len(body) * 55)
        yield post
