"""What logging in keeps besides the logins (rights/models.py) and the tables of django-allauth and django-axes."""

from hashlib import sha256

from django.db import models

from smartswitch.web.config.columns import LineField, created_at, reference


def hash_of_secret(secret: str) -> str:
    """What is kept of the secret of a link. It is random and long, so one round is enough."""
    return sha256(secret.encode()).hexdigest()


class PasswordReset(models.Model):
    """A link by which a login may be given a new password, once and for an hour. Only the hash of its secret is kept."""

    id = models.BigAutoField(primary_key=True)
    login = reference("rights.Login", on_delete=models.CASCADE)
    secret_sha256 = LineField()
    created_at = created_at()

    class Meta:
        db_table = "password_reset"
        constraints = [models.UniqueConstraint(fields=["secret_sha256"], name="password_reset_secret")]
        indexes = [models.Index(fields=["login", "created_at"], name="password_reset_login")]
