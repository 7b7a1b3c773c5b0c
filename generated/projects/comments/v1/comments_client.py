"""Typed clients of projects/comments/v1/comments.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from bff.contract.client import Rpc, ServiceClient, carries
from generated.projects.comments.v1 import comments_pb2

GET_COMMENT = Rpc(
    "projects.comments.v1.CommentService/GetComment",
    comments_pb2.GetCommentRequest,
    comments_pb2.Comment,
    idempotent=True,
)
LIST_COMMENTS = Rpc(
    "projects.comments.v1.CommentService/ListComments",
    comments_pb2.ListCommentsRequest,
    comments_pb2.ListCommentsResponse,
    idempotent=True,
)


class CommentServiceClient(ServiceClient):
    """What people say about projects."""

    SERVICE = "projects.comments.v1.CommentService"

    @carries(GET_COMMENT)
    async def get_comment(self, *, comment_id: str) -> comments_pb2.Comment:
        """Returns one comment. Fails with NOT_FOUND when there is no such comment.

        comment_id  The comment's id.
        """
        return await self._call.unary(
            GET_COMMENT,
            comments_pb2.GetCommentRequest(comment_id=comment_id),
        )

    @carries(LIST_COMMENTS)
    async def list_comments(
        self,
        *,
        project_id: str,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> comments_pb2.ListCommentsResponse:
        """Lists the comments of one project, the oldest first.

        project_id  The project's id.
        page_size   How many comments to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_COMMENTS,
            comments_pb2.ListCommentsRequest(
                project_id=project_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )
