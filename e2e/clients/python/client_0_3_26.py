"""Drives an A2A server with the official a2a-sdk 0.3.26: card, send, stream, get.

Usage: client_0_3_26.py BASE_URL TEXT
Prints one JSON line: {card, sent, streamed, got}, each as the client's own models dump it.
`streamed` holds what came over the wire; the task that the client folds from it is `folded`.
"""

import asyncio
import json
import sys
from uuid import uuid4

import httpx
from a2a.client import A2ACardResolver, ClientConfig, ClientFactory
from a2a.types import Message, Part, Role, TaskQueryParams, TextPart


def dump(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def message(text):
    return Message(
        role=Role.user, parts=[Part(root=TextPart(text=text))], message_id=str(uuid4())
    )


async def main(base_url, text):
    async with httpx.AsyncClient(timeout=30) as http:
        card = await A2ACardResolver(http, base_url).get_agent_card()
        plain = ClientFactory(ClientConfig(httpx_client=http, streaming=False)).create(card)
        sent, _ = await anext(plain.send_message(message(text)))
        streaming = ClientFactory(ClientConfig(httpx_client=http, streaming=True)).create(card)
        streamed, folded = [], None
        async for task, update in streaming.send_message(message(text)):
            streamed.append(dump(task if update is None else update))
            folded = dump(task)
        got = await plain.get_task(TaskQueryParams(id=sent.id))
    print(
        json.dumps(
            {
                "card": dump(card),
                "sent": dump(sent),
                "streamed": streamed,
                "folded": folded,
                "got": dump(got),
            }
        )
    )


asyncio.run(main(sys.argv[1], sys.argv[2]))
