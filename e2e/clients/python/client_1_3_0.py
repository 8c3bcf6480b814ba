"""Drives an A2A server with the official a2a-sdk 1.3.0: card, send, stream, get.

Usage: client_1_3_0.py BASE_URL TEXT
Prints one JSON line: {card, sent, streamed, got}, each as the client's own models dump it.
"""

import asyncio
import json
import sys
from uuid import uuid4

import httpx
from a2a.client import A2ACardResolver, ClientConfig, ClientFactory
from a2a.types.a2a_pb2 import GetTaskRequest, Message, Part, Role, SendMessageRequest
from google.protobuf.json_format import MessageToDict


def request(text):
    return SendMessageRequest(
        message=Message(role=Role.ROLE_USER, parts=[Part(text=text)], message_id=str(uuid4()))
    )


async def main(base_url, text):
    async with httpx.AsyncClient(timeout=30) as http:
        # The factory gives the shared HTTP client its version header, so the card is asked for with it.
        plain_factory = ClientFactory(ClientConfig(httpx_client=http, streaming=False))
        streaming_factory = ClientFactory(ClientConfig(httpx_client=http, streaming=True))
        card = await A2ACardResolver(http, base_url).get_agent_card()
        plain = plain_factory.create(card)
        streaming = streaming_factory.create(card)
        sent = (await anext(plain.send_message(request(text)))).task
        streamed = [MessageToDict(event) async for event in streaming.send_message(request(text))]
        got = await plain.get_task(GetTaskRequest(id=sent.id))
    print(
        json.dumps(
            {
                "card": MessageToDict(card),
                "sent": MessageToDict(sent),
                "streamed": streamed,
                "got": MessageToDict(got),
            }
        )
    )


asyncio.run(main(sys.argv[1], sys.argv[2]))
