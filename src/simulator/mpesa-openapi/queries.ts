import { firstProblem } from '../kit/fields.ts';
import type { MpesaOpenApiSimulatorSettings } from './settings.ts';
import { CONVERSATION_ID, isMpesaShortCode, type MpesaTarget } from './orders.ts';
import type { MpesaPayment } from './orders.ts';
import type { MpesaPayments } from './payments.ts';

export interface MpesaQuery {
  /** The transaction's id, or the payer's or the gateway's conversation id. */
  readonly about: string;
  readonly shortCode: string;
  /** The id of the query itself; a repeated id is accepted [assumed]. */
  readonly reference: string;
}

/** The result of a query. */
export type MpesaQueryResult =
  | { readonly kind: 'status'; readonly status: string; readonly transactionId: string; readonly isReversed: boolean }
  | { readonly kind: 'refused'; readonly code: string };

const SIMULATED_MPESA_OPENAPI_NAMES = [
  'input_QueryReference',
  'input_ServiceProviderCode',
  'input_ThirdPartyConversationID',
  'input_Country',
];

/** All parameters stand in the query string. */
export function readQuery(
  target: string,
  { market }: MpesaTarget,
  settings: MpesaOpenApiSimulatorSettings,
): MpesaQuery | { readonly code: string } {
  const given = new URL(target, 'http://localhost').searchParams;
  const text = (name: string): string => given.get(name) ?? '';
  const code = firstProblem([
    [SIMULATED_MPESA_OPENAPI_NAMES.every((name) => given.has(name)), 'INS-20'],
    [[...given.keys()].every((name) => SIMULATED_MPESA_OPENAPI_NAMES.includes(name)), 'INS-21'],
    [/^[A-Za-z0-9]{1,32}$/.test(text('input_QueryReference')), 'INS-21'],
    [CONVERSATION_ID.test(text('input_ThirdPartyConversationID')), 'INS-28'],
    [text('input_Country') === market.country, 'INS-998'],
    [isMpesaShortCode(text('input_ServiceProviderCode'), settings), 'INS-13'],
  ]);
  if (code !== null) return { code };
  return {
    about: text('input_QueryReference'),
    shortCode: text('input_ServiceProviderCode'),
    reference: text('input_ThirdPartyConversationID'),
  };
}

export function answerQuery(
  query: MpesaQuery,
  { env, market }: MpesaTarget,
  payments: MpesaPayments,
  { isMagic, at }: { readonly isMagic: boolean; readonly at: number },
  settings: MpesaOpenApiSimulatorSettings,
): MpesaQueryResult {
  const magic = isMagic && env === 'sandbox' ? SIMULATED_MPESA_OPENAPI_QUERIES_MAGIC.get(query.about) : undefined;
  if (magic !== undefined) return magic;
  const payment = payments.find(`${env}/${market.name}`, query.about, query.shortCode);
  return payment === null ? simulatedMpesaOpenapiNotFound(settings) : firstCallback(payment, at, settings);
}

function firstCallback(payment: MpesaPayment, at: number, settings: MpesaOpenApiSimulatorSettings): MpesaQueryResult {
  const { state, transactionId, paidAt, acceptedAt } = payment;
  if (state === 'lost' || at < acceptedAt + settings.visibilityLagMs) return simulatedMpesaOpenapiNotFound(settings);
  switch (state) {
    case 'open':
      return { kind: 'status', status: settings.pendingStatus, transactionId: 'N/A', isReversed: false };
    case 'failed':
      return { kind: 'status', status: settings.failedStatus, transactionId: 'N/A', isReversed: false };
    case 'paid': {
      const isReversed = settings.reversedAfterMs >= 0 && at >= paidAt + settings.reversedAfterMs;
      return { kind: 'status', status: 'Completed', transactionId, isReversed };
    }
  }
}

function simulatedMpesaOpenapiNotFound({ notFoundCode }: MpesaOpenApiSimulatorSettings): MpesaQueryResult {
  return { kind: 'refused', code: notFoundCode };
}

const simulatedMpesaOpenapiRefused = (code: string): MpesaQueryResult => ({ kind: 'refused', code });
const completed = (isReversed: boolean): MpesaQueryResult => ({
  kind: 'status',
  status: 'Completed',
  transactionId: '000000000001',
  isReversed,
});

/** The sandbox's magic references. */
const SIMULATED_MPESA_OPENAPI_QUERIES_MAGIC: ReadonlyMap<string, MpesaQueryResult> = new Map([
  ['000000000001', completed(false)],
  ['000000000002', simulatedMpesaOpenapiRefused('INS-1')],
  ['000000000003', simulatedMpesaOpenapiRefused('INS-6')],
  ['000000000007', simulatedMpesaOpenapiRefused('INS-16')],
  ['000000000000000000001', completed(true)],
  ['000000000000000000002', simulatedMpesaOpenapiRefused('INS-23')],
  ['000000000000000000003', simulatedMpesaOpenapiRefused('INS-1')],
  ['000000000000000000004', simulatedMpesaOpenapiRefused('INS-6')],
  ['000000000000000000005', simulatedMpesaOpenapiRefused('INS-16')],
]);
