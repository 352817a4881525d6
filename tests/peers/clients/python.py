"""The Python SDK: `python.py URL MODE`; lines of JSON in and out, as lib/adapter.mjs says."""

import asyncio
import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client import Client
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider, TokenStorage
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthToken

REDIRECT_URI = "http://127.0.0.1:9876/callback"


class Memory(TokenStorage):
    """One login, forgotten with the process."""

    def __init__(self) -> None:
        self.tokens: OAuthToken | None = None
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


class Person:
    """Takes the authorization URL to a browser and brings back what the provider answered."""

    def __init__(self) -> None:
        self.answer: dict[str, list[str]] = {}

    async def open(self, url: str) -> None:
        browser = await asyncio.create_subprocess_exec(
            os.environ["PEERS_NODE"], os.environ["PEERS_BROWSER"], "--print", url, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await browser.communicate()
        self.answer = parse_qs(urlsplit(output.decode().strip()).query)

    async def callback(self) -> AuthorizationCodeResult:
        def first(name: str) -> str | None:
            return self.answer.get(name, [None])[0]

        return AuthorizationCodeResult(code=first("code") or "", state=first("state"), iss=first("iss"))


async def answer(client: Client, request: dict) -> dict:
    if request.get("list"):
        listed = await client.list_tools(cache_mode="bypass")
        return {"tools": [tool.name for tool in listed.tools]}
    result = await client.call_tool(request["call"], request["args"])
    return {
        "isError": result.is_error,
        "structuredContent": result.structured_content,
        "text": "\n".join(getattr(item, "text", "") for item in result.content),
    }


async def main(url: str, mode: str) -> None:
    person = Person()
    auth = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(client_name="peers", redirect_uris=[REDIRECT_URI]),
        storage=Memory(),
        redirect_handler=person.open,
        callback_handler=person.callback,
    )
    async with httpx2.AsyncClient(auth=auth, timeout=30) as http:
        async with Client(streamable_http_client(url, http_client=http), mode=mode) as client:
            while line := await asyncio.to_thread(sys.stdin.readline):
                try:
                    reply = await answer(client, json.loads(line))
                except Exception as error:  # The suite decides what an error means.
                    reply = {"error": f"{type(error).__name__}: {error}"}
                print(json.dumps(reply), flush=True)


asyncio.run(main(*sys.argv[1:]))
