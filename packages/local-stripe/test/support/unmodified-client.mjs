// The official SDK as frameworks make it, with a key alone. Prints what it made, or why it could not.
import Stripe from 'stripe';

const stripe = new Stripe('sk_test_unmodified', { maxNetworkRetries: 0 });
try {
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'http://localhost/success',
    line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 1999, product_data: { name: 'Book' } } }],
  });
  console.log(JSON.stringify({ id: session.id, url: session.url }));
} catch (error) {
  console.log(JSON.stringify({ type: error.type, message: error.message }));
}
