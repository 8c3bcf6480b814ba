"""Run with: python -m unittest (needs no package and no Redis)."""

import contextlib
import io
import json
import re
import unittest
from pathlib import Path

from agent import Refusal, answer_to, do_work, registration, reply_to

CASES = json.loads((Path(__file__).parent.parent / "work-cases.json").read_text(encoding="utf-8"))


class Work(unittest.TestCase):
    def test_every_shared_case(self):
        self.assertGreater(len(CASES), 20)
        for case in CASES:
            with self.subTest(case["description"]):
                if case["status"] == "failed":
                    with self.assertRaisesRegex(Refusal, "^" + re.escape(case["error"])):
                        do_work(case["description"])
                else:
                    result = do_work(case["description"])
                    self.assertEqual(json.dumps(result), json.dumps(case["result"]))


def assignment(**payload):
    return {
        "id": "a2a_task_1",
        "type": "task_assignment",
        "from_agent": "caller",
        "to_agent": "me",
        "timestamp": "2026-11-22T21:25:23.026822",
        "payload": {"description": "2 + 2", "task_id": "a2a_task_1", **payload},
        "retry_count": 0,
    }


class Wire(unittest.TestCase):
    def test_a_reply_has_exactly_the_seven_fields(self):
        target, reply = reply_to(assignment(), "me")
        self.assertEqual(target, "caller")
        self.assertEqual(
            list(reply), ["id", "type", "from_agent", "to_agent", "timestamp", "payload", "retry_count"]
        )
        self.assertEqual(reply["payload"]["result"], 4)
        self.assertEqual(reply["payload"]["task_id"], "a2a_task_1")
        self.assertRegex(reply["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$")

    def test_a_parent_gets_the_reply(self):
        target, reply = reply_to(assignment(parent="boss"), "me")
        self.assertEqual((target, reply["to_agent"]), ("boss", "boss"))

    def test_what_cannot_be_done_is_failed_with_the_reason(self):
        _, reply = reply_to(assignment(description="calculate 1 / 0"), "me")
        self.assertEqual(reply["payload"]["status"], "failed")
        self.assertEqual(reply["payload"]["error"], "division by zero")
        self.assertNotIn("result", reply["payload"])

    def test_an_element_that_is_no_assignment_gets_no_answer(self):
        with contextlib.redirect_stderr(io.StringIO()) as complaint:
            for element in ("not json", "[]", "{}", '{"from_agent": "x", "payload": []}'):
                self.assertIsNone(answer_to(element, "me"))
        self.assertEqual(complaint.getvalue().count("dropped"), 4)

    def test_registration_has_exactly_the_five_fields(self):
        self.assertEqual(list(registration("me")), ["id", "type", "capabilities", "status", "last_heartbeat"])


if __name__ == "__main__":
    unittest.main()
