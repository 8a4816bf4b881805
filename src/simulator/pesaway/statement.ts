import { createHash } from 'node:crypto';
import { textField, type BodyFields } from '../kit/fields.ts';
import { pesawayAmountText, recipientText } from './callbacks.ts';
import type { PesawaySimulatorSettings } from './settings.ts';
import type { PesawayPayment } from './orders.ts';

/** Rows per answer. */
const SIMULATED_PESAWAY_PAGE = 100;

/** The rows of a statement request, or the problem of the request. */
export function statementRows(
  fields: BodyFields,
  payments: readonly PesawayPayment[],
  settings: PesawaySimulatorSettings,
): readonly Readonly<Record<string, string>>[] | { readonly problem: string } {
  const from = momentOf(textField(fields, 'StartDate'), '00:00:00', settings);
  const to = momentOf(textField(fields, 'EndDate'), '23:59:59', settings);
  if (from === null || to === null || to < from) return { problem: 'StartDate and EndDate must be a window' };
  const type = textField(fields, 'TransType');
  if (type !== 'Payment' && type !== 'Collection' && type !== 'Refund') return { problem: 'TransType is unknown' };
  const offset = fields.get('OffsetValue');
  if (offset !== undefined && (offset.kind === 'other' || !/^\d{1,9}$/.test(offset.text))) {
    return { problem: 'OffsetValue must be a whole number' };
  }
  if (type !== 'Payment') return [];
  const first = offset === undefined ? 0 : Number(offset.text);
  return payments
    .filter((payment) => payment.state === 'paid' || settings.statementShowsOpen)
    .filter(({ acceptedAt }) => secondOf(acceptedAt) >= from && secondOf(acceptedAt) <= to)
    .slice(first, first + SIMULATED_PESAWAY_PAGE)
    .map(simulatedPesawayRowOf);
}

/** No column has the state: a receipt means that the network paid [assumed]. `Reference` is an id that no other call uses. */
function simulatedPesawayRowOf(payment: PesawayPayment): Readonly<Record<string, string>> {
  const { order, acceptedAt, transactionId, state, receipt } = payment;
  const digest = createHash('sha256').update(`statement ${transactionId}`).digest('base64');
  return {
    Reference: digest.replace(/[^A-Za-z0-9]/g, '').slice(0, 11),
    Receipt: state === 'paid' ? receipt : '',
    TransactionDate: new Date(acceptedAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    Recipient: recipientText(order),
    ExternalReference: order.reference,
    TransactionType: 'Payment',
    Amount: pesawayAmountText(order),
  };
}

/** Unix seconds. A date alone is a whole day. */
function momentOf(text: string | null, wholeDay: string, { statementHours }: PesawaySimulatorSettings): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}))?$/.exec(text ?? '');
  if (match === null) return null;
  const at = Date.parse(`${match[1] ?? ''}T${match[2] ?? wholeDay}Z`);
  return Number.isNaN(at) ? null : secondOf(at) - statementHours * 3600;
}

function secondOf(ms: number): number {
  return Math.floor(ms / 1000);
}
