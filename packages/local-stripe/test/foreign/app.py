"""A small shop with the calls of stripe-python, for a machine without that package: Python's own library alone.

Sends what stripe-python sends (version 16: form encoding, headers, an idempotency key for each POST, one retry with the
same key) and checks webhooks as its `Webhook.construct_event` does. Usage: app.py ORIGIN WEBHOOK_SECRET PORT, where
events are delivered to http://127.0.0.1:PORT/webhook. Prints what happened as JSON.
"""

import base64
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from forms import submit

ORIGIN, SECRET, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
VERSION = "2026-10-28.endive"
events = []
refused = []


def encode(data, prefix=None):
    """Nested parameters as `line_items[0][price]=…`; booleans in lower case, nulls left out."""
    for key, value in data.items():
        name = f"{prefix}[{key}]" if prefix else key
        if value is None:
            continue
        if isinstance(value, dict):
            yield from encode(value, name)
        elif isinstance(value, (list, tuple)):
            yield from encode(dict(enumerate(value)), name)
        elif isinstance(value, bool):
            yield name, str(value).lower()
        else:
            yield name, value


def call(method, path, **params):
    body = urllib.parse.urlencode(list(encode(params)))
    headers = {
        "Authorization": "Basic " + base64.b64encode(b"sk_test_python:").decode(),
        "Stripe-Version": VERSION,
        "User-Agent": "Stripe/v1 PythonBindings/16.1.0",
        "X-Stripe-Client-User-Agent": json.dumps({"lang": "python", "bindings_version": "16.1.0"}),
    }
    url = f"{ORIGIN}/v1/{path}"
    if method == "post":
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": str(uuid.uuid4())}
    elif body:
        url += "?" + body
    data = body.encode() if method == "post" else None
    request = urllib.request.Request(url, data, headers, method=method.upper())
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def construct_event(payload, header):
    """Raises ValueError where the signature is wrong or older than five minutes."""
    parts = [part.split("=", 1) for part in header.split(",")]
    timestamp = int(next(value for name, value in parts if name == "t"))
    expected = hmac.new(SECRET.encode(), f"{timestamp}.{payload}".encode(), hashlib.sha256).hexdigest()
    if not any(name == "v1" and hmac.compare_digest(expected, value) for name, value in parts):
        raise ValueError("No signatures found matching the expected signature for payload")
    if timestamp < time.time() - 300:
        raise ValueError("Timestamp outside the tolerance zone")
    return json.loads(payload)


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        payload = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            events.append(construct_event(payload, self.headers["Stripe-Signature"]))
            self.send_response(200)
        except ValueError as error:
            refused.append(str(error))
            self.send_response(400)
        self.end_headers()

    def log_message(self, *_):
        pass


def event(kind):
    for _ in range(100):
        found = next((each for each in events if each["type"] == kind), None)
        if found:
            return found
        time.sleep(0.05)
    raise SystemExit(f"There was no {kind}: {[each['type'] for each in events]} {refused}")


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Webhook)
threading.Thread(target=server.serve_forever, daemon=True).start()

active = True  # a query made of a Python value has it with a capital letter
query = f"active:'{active}' AND name:'Python tee'"
before = call("get", "products/search", query=query)
call("post", "products", name="Python tee", default_price_data={"currency": "usd", "unit_amount": 1999})
found = call("get", "products/search", query=query)["data"]
price = call("get", "prices", product=found[0]["id"], active=True, limit=1)["data"][0]
session = call(
    "post",
    "checkout/sessions",
    mode="payment",
    line_items=[{"price": price["id"], "quantity": 2}],
    success_url="http://shop.test/success?session_id={CHECKOUT_SESSION_ID}",
    cancel_url="http://shop.test/cancel",
    metadata={"order": "7"},
    allow_promotion_codes=None,
)
CARD = {"email": "ada@example.com", "method": "card", "number": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123"}
back = submit(session["url"], {**CARD, "name": "Ada"})
completed = event("checkout.session.completed")["data"]["object"]
paid = call("get", f"checkout/sessions/{session['id']}", expand=["line_items", "payment_intent.latest_charge"])
refund = call("post", "refunds", payment_intent=completed["payment_intent"], amount=1999)
event("charge.refunded")
unknown = call("get", "customers/cus_none")

print(
    json.dumps(
        {
            "before": len(before["data"]),
            "found": [product["name"] for product in found],
            "back": back,
            "completed": {key: completed[key] for key in ("amount_total", "payment_status", "metadata")},
            "items": [item["quantity"] for item in paid["line_items"]["data"]],
            "charge": paid["payment_intent"]["latest_charge"]["status"],
            "refund": refund["status"],
            "unknown": unknown["error"]["code"],
            "refused": refused,
        }
    )
)
