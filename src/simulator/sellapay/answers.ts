import { json, type Answer } from '../kit/answer.ts';
import { centsText, centsTextFloat, jsonNumber } from '../kit/decimal.ts';
import type { RateDecision } from '../kit/rate-limit.ts';
import type { Arrival } from '../kit/service.ts';
import type { SellapayOrder } from './orders.ts';

export function simulatedSellapayPaidAnswer(
  order: SellapayOrder,
  {
    transactionId,
    isPending,
    at,
  }: { readonly transactionId: string; readonly isPending: boolean; readonly at: number },
): Answer {
  return json(200, {
    message: 'Funds sent successfully',
    transaction_id: transactionId,
    ...order.echo,
    amount: jsonNumber(centsText(order.amountMinor)),
    status: isPending ? 'pending' : 'completed',
    timestamp: Math.floor(at / 1000),
    ...(order.kind === 'bank' ? { estimated_arrival: '2 hours' } : {}),
  });
}

export function simulatedSellapayBalanceAnswer(kesMinor: bigint, at: number): Answer {
  // The other currencies are conversions of the same money, at the rates of the documented sample.
  const converted = (per: bigint): unknown => jsonNumber(centsTextFloat((kesMinor * per) / 50_000_00n));
  const balance = {
    KES: converted(50_000_00n),
    USD: converted(425_53n),
    EUR: converted(389_95n),
    GBP: converted(338_45n),
  };
  const timestamp = Math.floor(at / 1000);
  return json(200, { message: 'Balance retrieved', balance, primary_currency: 'KES', timestamp });
}

export function insufficientBalance(order: SellapayOrder, required: bigint, available: bigint): Answer {
  const words = { error: 'Insufficient balance', message: 'Your account balance is too low' };
  if (order.terse) return json(402, words);
  const amounts = { required: jsonNumber(centsTextFloat(required)), available: jsonNumber(centsTextFloat(available)) };
  return json(402, { ...words, ...amounts });
}

/** The arrival of a request that a rate limit has counted; null for a request that is not counted. */
export function limitedArrival(decision: RateDecision | null): Arrival {
  if (decision === null) return { refusal: null, headers: {} };
  const headers = limitHeaders(decision.limit, decision.remaining, decision.resetAt);
  return { refusal: decision.accepted ? null : simulatedSellapayTooManyRequests(decision.resetAt), headers };
}

export function simulatedSellapayTooManyRequests(resetAt: number): Answer {
  const answer = json(429, { error: 'Too many requests', message: 'Rate limit exceeded' });
  return {
    ...answer,
    headers: { ...answer.headers, 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': unixUp(resetAt) },
  };
}

function limitHeaders(limit: number, remaining: number, resetAt: number): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': unixUp(resetAt),
  };
}

/** Rounded up, so that a client that waits until then is never too early. */
function unixUp(atMs: number): string {
  return String(Math.ceil(atMs / 1000));
}
