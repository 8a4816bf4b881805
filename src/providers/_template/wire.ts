import type { PaymentInstruction } from '../../domain/payment.ts';
import type { HttpRequest } from '../kit/http.ts';
import { amountText, jsonText } from '../kit/request-text.ts';
import type { TemplateSettings } from './settings.ts';

/** A request without its host and headers, which the client adds. */
export type TemplateRequest = Omit<HttpRequest, 'headers'>;

/** Fill in: the payout of docs/providers/_template.md. The same payment always makes the same bytes. */
export function templatePayoutRequest(
  payment: PaymentInstruction,
  { payoutTimeoutMs }: TemplateSettings,
): TemplateRequest {
  const { destination, reference, amountMinor, currency, narrative } = payment;
  if (destination.kind !== 'mobile') {
    throw new Error(`_template pays no ${destination.kind}; its rules have let one through`);
  }
  return {
    method: 'POST',
    url: '/payouts',
    // An amount goes from minor units to exact text and never through a JavaScript number.
    body: jsonText([
      ['reference', reference],
      ['phone', destination.phone],
      ['amount', amountText(amountMinor, 2), 'number'],
      ['currency', currency],
      ['narrative', narrative],
    ]),
    timeoutMs: payoutTimeoutMs,
  };
}

/** Fill in: the query by our own reference. */
export function templateQueryRequest(reference: string, { requestTimeoutMs }: TemplateSettings): TemplateRequest {
  return { method: 'GET', url: `/payouts/${encodeURIComponent(reference)}`, timeoutMs: requestTimeoutMs };
}
