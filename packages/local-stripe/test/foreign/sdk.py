"""A shop with the real stripe-python, as a tutorial writes it: sell, record the webhook, give back, subscribe, archive.

Usage: sdk.py ORIGIN WEBHOOK_SECRET PORT, where events are delivered to http://127.0.0.1:PORT/webhook. Prints what
happened as JSON.
"""

import http.server
import json
import sys
import threading
import time

import stripe
from forms import submit

stripe.api_base, SECRET, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
stripe.api_key = "sk_test_python"
events = []
NAME = "[Docs] Python tee"
BACK = {"success_url": "http://shop.test/success?sid={CHECKOUT_SESSION_ID}", "cancel_url": "http://shop.test/cancel"}


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        payload = self.rfile.read(int(self.headers["Content-Length"]))
        events.append(stripe.Webhook.construct_event(payload, self.headers["Stripe-Signature"], SECRET))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def pay(session):
    """Pays on the Checkout page; where it leads to."""
    card = {"method": "card", "number": "4242 4242 4242 4242", "expiry": "12 / 40", "cvc": "123", "name": "Ada"}
    return submit(session.url, {"email": "ada@example.com", **card})


def event(kind, about):
    for _ in range(200):
        found = next((each for each in events if each.type == kind and each.data.object.id == about), None)
        if found:
            return found.data.object
        time.sleep(0.05)
    raise SystemExit(f"There was no {kind} of {about}: {[each.type for each in events]}")


def find():
    return stripe.Product.search(query=f"name:'{NAME}' AND active:'True'", limit=1).data


def sell(price, mode):
    items = [{"price": price.id, "quantity": 1}]
    return stripe.checkout.Session.create(
        line_items=items, mode=mode, payment_method_types=["card"], customer_email="ada@example.com", **BACK
    )


def refused(call, *, key="sk_test_python", **params):
    """The class of the error that stripe-python makes of a refusal, with what it says."""
    try:
        call(api_key=key, **params)
    except stripe.error.StripeError as error:
        return [type(error).__name__, error.http_status, error.code, getattr(error, "param", None)]


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Webhook)
threading.Thread(target=server.serve_forever, daemon=True).start()

before = len(find())
price = stripe.Price.create(product=stripe.Product.create(name=NAME).id, unit_amount=1999, currency="usd")
same = stripe.Price.list(product=find()[0].id).data[0].id == price.id

session = sell(price, "payment")
back = pay(session)
paid = event("checkout.session.completed", session.id)
refund = stripe.Refund.create(payment_intent=paid.payment_intent)

monthly = stripe.Price.create(product=price.product, unit_amount=500, currency="usd", recurring={"interval": "month"})
joined = sell(monthly, "subscription")
pay(joined)
completed = event("checkout.session.completed", joined.id)
subscription = stripe.Subscription.retrieve(completed.subscription, expand=["latest_invoice"])
canceled = stripe.Subscription.delete(subscription.id)

declined = refused(
    stripe.PaymentIntent.create, amount=500, currency="usd", payment_method="pm_card_visa_chargeDeclined", confirm=True,
    automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
)
for each in stripe.Price.list(product=price.product).auto_paging_iter():
    stripe.Price.modify(each.id, active=False)
stripe.Product.modify(price.product, active=False)

print(
    json.dumps(
        {
            "before": before,
            "same": same,
            "back": back == BACK["success_url"].replace("{CHECKOUT_SESSION_ID}", session.id),
            "paid": [paid.customer_email, paid.amount_total, paid.payment_status],
            "refund": [refund.status, refund.amount],
            "subscription": [subscription.status, subscription.latest_invoice.amount_paid, canceled.status],
            "refused": [
                declined,
                refused(stripe.Refund.create, payment_intent="pi_none"),
                refused(stripe.PaymentIntent.create, amount=1, currency="usd"),
                refused(stripe.Price.list, key="none"),
            ],
            "after": len(find()),
        }
    )
)
