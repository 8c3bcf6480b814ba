"""Drives an A2A server with the official a2a-sdk 0.2.16: card, send, stream, get.

Usage: client_0_2_16.py BASE_URL TEXT
Prints one JSON line: {card, sent, streamed, got}, each as the client's own models dump it.
"""

import asyncio
import json
import sys
from uuid import uuid4

import httpx
from a2a.client import A2ACardResolver, A2AClient
from a2a.types import (
    GetTaskRequest,
    Message,
    MessageSendConfiguration,
    MessageSendParams,
    Part,
    Role,
    SendMessageRequest,
    SendStreamingMessageRequest,
    TaskQueryParams,
    TextPart,
)


def dump(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def result_of(response):
    """The client does not raise for a JSON-RPC error: it returns it."""
    body = response.root
    if hasattr(body, "error"):
        raise RuntimeError(f"the server answered with an error: {dump(body)}")
    return body.result


def params(text):
    return MessageSendParams(
        message=Message(
            role=Role.user, parts=[Part(root=TextPart(text=text))], message_id=str(uuid4())
        ),
        configuration=MessageSendConfiguration(accepted_output_modes=["text/plain"], blocking=True),
    )


async def main(base_url, text):
    async with httpx.AsyncClient(timeout=30) as http:
        card = await A2ACardResolver(http, base_url).get_agent_card()
        client = A2AClient(http, agent_card=card)
        sent = result_of(
            await client.send_message(SendMessageRequest(id=str(uuid4()), params=params(text)))
        )
        streamed = []
        request = SendStreamingMessageRequest(id=str(uuid4()), params=params(text))
        async for response in client.send_message_streaming(request):
            streamed.append(dump(result_of(response)))
        got = result_of(
            await client.get_task(GetTaskRequest(id=str(uuid4()), params=TaskQueryParams(id=sent.id)))
        )
    print(
        json.dumps({"card": dump(card), "sent": dump(sent), "streamed": streamed, "got": dump(got)})
    )


asyncio.run(main(sys.argv[1], sys.argv[2]))
