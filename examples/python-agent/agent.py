"""An agent of the legacy fleet: it knows Redis lists and nothing else.

It registers as the hash agent:{id}, takes assignments from queue:{id}, does the work that the description
asks for, and pushes one TaskMessage to queue:{from_agent} (or queue:{parent} where payload.parent is given).
Nothing here knows of A2A, of workflows or of the bridge.
"""

import ast
import hashlib
import json
import math
import os
import re
import signal
import sys
import threading
import time
import uuid
from datetime import datetime

CAPABILITIES = ["text-statistics", "arithmetic", "hashing", "json-query"]
HEARTBEAT_SECONDS = 10
POP_SECONDS = 2
RECONNECT_SECONDS = 1
# Whole numbers beyond 2**53 are not exact in JSON readers that use doubles.
LARGEST = 2**53 - 1
LONGEST_EXPRESSION = 1000


class Refusal(Exception):
    """The work cannot be done; the text says why and goes to the caller."""


# --- the work: pure functions of the description ---------------------------------------------------------------

WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)")
STATISTICS = re.compile(r"^(?:text )?statistics (?:of|for|on):?\s+(.+)$", re.I | re.S)
HASH = re.compile(r"^sha-?256 of:?\s+(.+)$", re.I | re.S)
JSON_QUERY = re.compile(r"^(?:get|query)\s+(\S+)\s+(?:from|in)\s+([\[{].*)$", re.I | re.S)
# A verb followed by what can only be the start of an expression: then it must be one.
ASKED_ARITHMETIC = re.compile(r"^(?:calculate|compute|evaluate|what is|what's)\s+([-+(.\d].*?)\s*\??$", re.I | re.S)
BARE_ARITHMETIC = re.compile(r"^[-+*/%().\d\s]*\d[-+*/%().\d\s]*[-+*/%][-+*/%().\d\s]*\d[-+*/%().\d\s]*$")
EXPRESSION = re.compile(r"^[-+*/%().\d \t]+$")
PATH_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


def do_work(description):
    """The result of a description, as JSON would hold it. Raises Refusal."""
    asked = description.strip()
    match = HASH.match(asked)
    if match:
        return hashlib.sha256(unquote(match[1]).encode("utf-8")).hexdigest()
    match = JSON_QUERY.match(asked)
    if match:
        return query_json(match[1], match[2])
    match = ASKED_ARITHMETIC.match(asked)
    if match:
        return evaluate(match[1])
    if BARE_ARITHMETIC.match(asked):
        return evaluate(asked)
    match = STATISTICS.match(asked)
    return text_statistics(match[1] if match else asked)


def unquote(text):
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def text_statistics(text):
    words = WORD.findall(text)
    if not words:
        raise Refusal("nothing to do: the description has no word in it")
    return {
        "words": len(words),
        "sentences": sum(1 for piece in SENTENCE_END.split(text) if WORD.search(piece)),
        "lines": text.count("\n") + 1,
        "characters": len(text),
        "longest_word": max(words, key=len),
    }


def evaluate(expression):
    """+ - * / % ** and parentheses over decimal numbers, in doubles; never Python's eval."""
    if len(expression) > LONGEST_EXPRESSION or not EXPRESSION.match(expression):
        raise Refusal("not an arithmetic expression: only numbers, + - * / % ** and parentheses")
    try:
        value = value_of(ast.parse(expression.strip(), mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise Refusal("not an arithmetic expression: only numbers, + - * / % ** and parentheses") from error
    except OverflowError as error:
        raise Refusal("the result is too large") from error
    except ZeroDivisionError as error:
        raise Refusal("division by zero") from error
    if isinstance(value, complex):
        raise Refusal("the result is not a real number")
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise Refusal("the result is too large")
    return int(value) if value.is_integer() else value


OPERATORS = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.Mod: lambda left, right: left % right,
    ast.Pow: lambda left, right: left**right,
}


def value_of(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return float(node.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
        value = value_of(node.operand)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        value = OPERATORS[type(node.op)](value_of(node.left), value_of(node.right))
        if isinstance(value, complex):
            raise Refusal("the result is not a real number")
        return value
    raise SyntaxError("unsupported")


def query_json(path, text):
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Refusal(f"not valid JSON: {error}") from error
    rest = path[1:] if path.startswith("$") else path
    while rest:
        step = PATH_STEP.match(rest)
        if not step:
            raise Refusal(f"not a path: {path}")
        name, index = step[1], step[2]
        if name is not None and isinstance(value, dict) and name in value:
            value = value[name]
        elif index is not None and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            raise Refusal(f"there is no {name if name is not None else index} in the JSON at this place")
        rest = rest[step.end() :]
    return value


# --- the list protocol -----------------------------------------------------------------------------------------


def now():
    """Local, naive, with microseconds: what every writer of the fleet puts into its timestamps."""
    return datetime.now().isoformat(timespec="microseconds")


def reply_to(message, agent_id):
    """(name to answer to, TaskMessage) for an assignment."""
    payload = message.get("payload") or {}
    description = payload.get("description") or ""
    try:
        outcome = {"status": "completed", "result": do_work(description)}
    except Refusal as refusal:
        outcome = {"status": "failed", "error": str(refusal)}
    target = payload.get("parent") or message["from_agent"]
    return target, {
        "id": str(uuid.uuid4()),
        "type": "task_result",
        "from_agent": agent_id,
        "to_agent": target,
        "timestamp": now(),
        "payload": {
            "task_id": payload.get("task_id", message["id"]),
            "original_task_id": message["id"],
            "description": description,
            **outcome,
            "processed_by": agent_id,
            "timestamp": now(),
        },
        "retry_count": 0,
    }


def answer_to(element, agent_id):
    """As reply_to, or None for an element that is no assignment."""
    try:
        return reply_to(json.loads(element), agent_id)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"dropped an element that is no assignment: {error!r}", file=sys.stderr, flush=True)
        return None


def registration(agent_id):
    return {
        "id": agent_id,
        "type": "worker",
        "capabilities": json.dumps(CAPABILITIES),
        "status": "active",
        "last_heartbeat": now(),
    }


def main():
    import redis  # here, so that the work above can be tested without the package

    agent_id = os.environ.get("AGENT_ID", "python-agent-1")
    url = os.environ.get("LEGACY_REDIS_URL") or os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    client = redis.Redis.from_url(url, decode_responses=True, socket_timeout=POP_SECONDS + 5)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())

    def heartbeat():
        while not stopping.wait(HEARTBEAT_SECONDS):
            try:
                # The whole registration: a heartbeat alone would leave half of one after a flush.
                client.hset(f"agent:{agent_id}", mapping=registration(agent_id))
            except redis.RedisError as error:
                print(f"heartbeat failed: {error}", file=sys.stderr, flush=True)

    threading.Thread(target=heartbeat, daemon=True).start()
    registered = False
    # A reply that could not be pushed is kept: the assignment is popped already, so nobody else has it.
    pending = None
    while not stopping.is_set():
        try:
            if not registered:
                client.hset(f"agent:{agent_id}", mapping=registration(agent_id))
                registered = True
                print(f"{agent_id} takes work from queue:{agent_id}", flush=True)
            if pending is None:
                popped = client.brpop([f"queue:{agent_id}"], timeout=POP_SECONDS)
                pending = None if popped is None else answer_to(popped[1], agent_id)
            if pending is not None:
                target, reply = pending
                client.lpush(f"queue:{target}", json.dumps(reply))
                pending = None
        except redis.RedisError as error:
            print(f"Redis: {error}; trying again", file=sys.stderr, flush=True)
            registered = False
            time.sleep(RECONNECT_SECONDS)
    try:
        client.hset(f"agent:{agent_id}", "status", "inactive")
    except redis.RedisError as error:
        print(f"could not sign off: {error}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
