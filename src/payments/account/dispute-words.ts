import type { DisputeStatus } from '../disputes/dispute-rank.js';

/** What the sentence about a dispute is made of. Texts are amounts as people write them. */
export interface DisputeToTell {
  status: DisputeStatus;
  isAway: boolean;
  /** What is disputed, in the dispute's currency. */
  amountText: string;
  /** What it takes of the payment beside refunds and other disputes, in the payment's currency. */
  takenText: string;
  taken: number;
  /** What is disputed is what is taken, in whatever currency. */
  isTakenWhole: boolean;
}

/** What a customer reads about a dispute of theirs. The amounts in these sentences add up with the refunds to what was paid. */
export function disputeWords(dispute: DisputeToTell): string {
  const { status, taken, isAway, amountText, takenText, isTakenWhole } = dispute;
  const given = isTakenWhole ? amountText : takenText;
  switch (status) {
    case 'warning_needs_response':
    case 'warning_under_review':
      return taken > 0
        ? `Your bank has asked us about this payment, and holds ${given}.`
        : 'Your bank has asked us about this payment; no money has moved.';
    case 'warning_closed':
    case 'prevented':
    case 'charge_refunded':
      return taken > 0
        ? `Your bank asked about this payment, and gives ${given} back to you.`
        : 'Your bank asked about this payment, and has no more questions.';
    case 'needs_response':
    case 'under_review':
    case 'appeal_needs_response':
    case 'appeal_under_review':
      if (isTakenWhole) return `You disputed ${amountText} with your bank, which holds the money while it decides.`;
      if (taken > 0)
        return `You disputed ${amountText} with your bank, which holds ${takenText} of this payment while it decides.`;
      return `You disputed ${amountText} with your bank, which has not decided yet. ${isAway ? RETURNED : 'It holds no money.'}`;
    case 'lost':
      if (taken > 0) return `Your bank decided for you, and gives ${given} back to you.`;
      return `Your bank decided for you. ${isAway ? RETURNED : 'The money is with us again.'}`;
    case 'won':
      return taken > 0
        ? `Your bank decided that your payment of ${amountText} stands, and still holds ${given}.`
        : `Your bank decided that your payment of ${amountText} stands.`;
  }
}

const RETURNED = 'All of this payment was given back to you already.';
