"""What a browser's cookie stands for: kept sealed, renewed, and watched for its end."""
