import type { DisputeStatus } from '../disputes/dispute-rank.js';

/** What a customer reads about a dispute of theirs. `amount` as people write it. */
export function disputeWords(status: DisputeStatus, amount: string): string {
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
      return 'Your bank has asked us about this payment; no money has moved.';
    case 'warning_closed':
    case 'prevented':
      return 'Your bank asked about this payment, and has no more questions.';
    case 'needs_response':
    case 'under_review':
    case 'appeal_needs_response':
    case 'appeal_under_review':
      return `You disputed ${amount} with your bank, which holds the money while it decides.`;
    case 'lost':
      return `Your bank decided for you, and gives ${amount} back to you.`;
    case 'won':
      return `Your bank decided that your payment of ${amount} stands.`;
  }
}
