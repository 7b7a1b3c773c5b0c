"""What a client sent, as one message: path, query and body, judged and told with their places."""
