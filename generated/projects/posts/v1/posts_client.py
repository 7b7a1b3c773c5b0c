"""Typed clients of projects/posts/v1/posts.proto.

Generated: edit the proto, then run `make codegen`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bff.contract.client import Rpc, ServiceClient, carries
from generated.projects.posts.v1 import posts_pb2

GET_POST = Rpc(
    "projects.posts.v1.PostService/GetPost",
    posts_pb2.GetPostRequest,
    posts_pb2.Post,
    idempotent=True,
)
BATCH_GET_POSTS = Rpc(
    "projects.posts.v1.PostService/BatchGetPosts",
    posts_pb2.BatchGetPostsRequest,
    posts_pb2.BatchGetPostsResponse,
    idempotent=True,
)
LIST_POSTS = Rpc(
    "projects.posts.v1.PostService/ListPosts",
    posts_pb2.ListPostsRequest,
    posts_pb2.ListPostsResponse,
    idempotent=True,
)


class PostServiceClient(ServiceClient):
    """What people write about their work."""

    SERVICE = "projects.posts.v1.PostService"

    @carries(GET_POST)
    async def get_post(self, *, post_id: str) -> posts_pb2.Post:
        """Returns one post. Fails with NOT_FOUND when there is no such post.

        post_id  The post's id.
        """
        return await self._call.unary(GET_POST, posts_pb2.GetPostRequest(post_id=post_id))

    @carries(BATCH_GET_POSTS)
    async def batch_get_posts(self, *, post_ids: Iterable[str]) -> posts_pb2.BatchGetPostsResponse:
        """Returns many posts by their ids, in the order of the ids. Unknown ids are left out of
        the reply.

        post_ids  The ids of the posts, at most 100.
        """
        return await self._call.unary(
            BATCH_GET_POSTS,
            posts_pb2.BatchGetPostsRequest(post_ids=post_ids),
        )

    @carries(LIST_POSTS)
    async def list_posts(
        self,
        *,
        author_id: str | None = None,
        page_size: int | None = None,
        page_token: str | None = None,
    ) -> posts_pb2.ListPostsResponse:
        """Lists posts, newest first: everybody's, or those of one author.

        author_id   Only the posts of this user. Empty for everybody's.
        page_size   How many posts to return; 0 means 20, and more than 100 means 100.
        page_token  The `next_page_token` of the page before. Empty for the first page.
        """
        return await self._call.unary(
            LIST_POSTS,
            posts_pb2.ListPostsRequest(
                author_id=author_id,
                page_size=page_size,
                page_token=page_token,
            ),
        )
