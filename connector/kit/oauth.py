"""Access tokens of OAuth 2, renewed by refresh tokens that change with each use.

A new refresh token is stored before the access token that came with it is used: a
crash in between would otherwise lock the connection out for good.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from connector.kit.errors import AuthError, ReplyError, TransientError
from connector.kit.http import HttpClient
from connector.kit.protocols import SecretSource

_OPERATION = "renew the access token"

#: Time before its end from which on an access token is not used any more.
_LEEWAY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class _AccessToken:
    text: str
    usable_until: datetime | None

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.text}"}


class RefreshingToken:
    """The authorisation of a connection, shared by its threads.

    Give its `headers` to an `HttpClient` as `authorise`. The secrets are looked up by
    name at each renewal, so that a rotated one is never held here.
    """

    def __init__(
        self,
        *,
        target: str,
        token_url: str,
        client_id: str,
        client_secret_name: str,
        refresh_token_name: str,
        secrets: SecretSource,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self._target = target
        self._client_id = client_id
        self._client_secret_name = client_secret_name
        self._refresh_token_name = refresh_token_name
        self._secrets = secrets
        self._now = now
        # RFC 6749, 5.2: a refusal is HTTP 400 or 401, and its body says why.
        self._http = HttpClient(
            target=target,
            base_url=token_url,
            now=now,
            sleep=sleep,
            body_statuses=frozenset({400, 401}),
        )
        self._lock = threading.Lock()
        self._token: _AccessToken | None = None

    def headers(self, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        """Return the headers of a usable access token, renewed where needed.

        `refused` are headers the target has just refused: the token is renewed
        unless another thread did so meanwhile.

        Raises:
            AuthError: the refresh token, or the client, is refused.
            ReplyError: the answer is none of OAuth 2.
            TransientError: no answer; the stored refresh token is tried again the
                next time. Nothing of the request to authorise was sent.
        """
        with self._lock:
            token = self._token
            if token is None or self._is_used_up(token) or token.headers() == refused:
                token = self._token = self._renew()
            return token.headers()

    def close(self) -> None:
        """Close the connection to the token endpoint."""
        self._http.close()

    def _is_used_up(self, token: _AccessToken) -> bool:
        return token.usable_until is not None and self._now() >= token.usable_until

    def _renew(self) -> _AccessToken:
        """Exchange the stored refresh token; the new one is stored on return."""
        renewed: list[_AccessToken] = []

        def exchange(stored: str) -> str:
            asked_at = self._now()
            answer = self._exchange(stored)
            renewed.append(self._access_token(answer, asked_at))
            return str(answer["refresh_token"])

        self._secrets.rotate(self._refresh_token_name, exchange)
        return renewed[-1]

    def _exchange(self, refresh_token: str) -> Mapping[str, Any]:
        session = _TokenEndpoint(self._http)
        client = OAuth2Client(
            session, self._client_id, self._secrets.get(self._client_secret_name)
        )
        try:
            answer: Mapping[str, Any] = client.refresh_token("", refresh_token)
        except OAuth2Error as error:
            raise self._refusal(str(error.error)) from None
        except TransientError as error:
            raise TransientError(
                error.message,
                target=self._target,
                operation=_OPERATION,
                hint=error.hint,
                retry_after=error.retry_after,
                is_sent=False,
            ) from error
        except (ValueError, requests.HTTPError):
            raise self._unknown_answer() from None
        return answer

    def _access_token(
        self, answer: Mapping[str, Any], asked_at: datetime
    ) -> _AccessToken:
        text = answer.get("access_token")
        if not isinstance(text, str) or not text:
            raise self._unknown_answer()
        seconds = str(answer.get("expires_in", ""))
        if not seconds.isdigit():
            return _AccessToken(text, None)
        lifetime = timedelta(seconds=int(seconds))
        return _AccessToken(text, asked_at + lifetime - min(_LEEWAY, lifetime / 2))

    def _refusal(self, code: str) -> AuthError:
        """Return the error for a refusal; its code is one of RFC 6749, 5.2."""
        known = code if re.fullmatch(r"[a-z_]{1,40}", code) else "an unknown reason"
        hint = (
            "Make a new refresh token in the target and store it as the secret"
            f" {self._refresh_token_name}."
            if known == "invalid_grant"
            else "Check the client id, its secret"
            f" ({self._client_secret_name}) and its scopes in the target."
        )
        return AuthError(
            f"{self._target}: the access token is not renewed ({known}).",
            target=self._target,
            operation=_OPERATION,
            hint=hint,
        )

    def _unknown_answer(self) -> ReplyError:
        return ReplyError(
            f"{self._target}: the token address gave no OAuth 2 answer.",
            target=self._target,
            operation=_OPERATION,
            hint="Check the token address in the settings of the connection.",
        )


class _TokenEndpoint:
    """What the OAuth client takes for a session: the one place for HTTP."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def post(
        self, _url: str, *, data: Mapping[str, str], headers: dict[str, str], auth: Any
    ) -> requests.Response:
        """Send the form with the client's own authorisation.

        A renewal whose answer was lost is repeated: if the first one used the refresh
        token up, there is no other way to find out.
        """
        _, headers, _ = auth.prepare("POST", "", headers, "")
        return self._http.request(
            "POST",
            "",
            operation=_OPERATION,
            is_repeatable=True,
            data=data,
            headers=headers,
        )
