"""What users write about their work."""

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from bff.compose.view import Shape, each, src
from generated.projects.posts.v1.posts_pb2 import Post


class PostCard(Shape[Post]):
    """One post, with its whole text."""

    post = src(Post)
    id: str = post.post_id
    title: str = post.title
    body: str = post.body
    tags: list[str] = each(post.tags)
    reading_time: Duration | None = post.reading_time
    publish_time: Timestamp | None = post.publish_time
