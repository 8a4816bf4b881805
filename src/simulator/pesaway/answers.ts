import { json, type Answer } from '../kit/answer.ts';
import { centsTextFloat } from '../kit/decimal.ts';
import { simulatedPesawayResultOf } from './callbacks.ts';
import type { PesawayPayment } from './orders.ts';
import type { PesawayFunds } from './payments.ts';
import { pesawayChannels, type PesawayRegion } from './regions.ts';
import type { PesawaySimulatorSettings } from './settings.ts';

export function simulatedPesawayAcceptedAnswer({ transactionId, order }: PesawayPayment): Answer {
  return json(200, { code: '200.001', TransactionID: transactionId, OriginatorReference: order.reference });
}

/** The answer to a query: the payment's result, or that the payment is still open. */
export function stateAnswer(payment: PesawayPayment, settings: PesawaySimulatorSettings): Answer {
  if (payment.state !== 'open')
    return successful(simulatedPesawayResultOf(payment, payment.state === 'paid'), settings);
  const { pendingResultCode } = settings;
  const code = pendingResultCode === 'null' ? null : Number(pendingResultCode);
  const fields = {
    ...(pendingResultCode === 'missing' ? {} : { ResultCode: code }),
    ResultDesc: 'The transaction is being processed.',
    TransactionID: payment.transactionId,
    OriginatorReference: payment.order.reference,
  };
  return successful(fields, settings);
}

export function simulatedPesawayBalanceAnswer(
  { currentMinor, availableMinor, reservedMinor }: PesawayFunds,
  { decimals }: PesawayRegion,
  settings: PesawaySimulatorSettings,
): Answer {
  const text = (minor: bigint): string => centsTextFloat(decimals === 2 ? minor : minor * 100n);
  const amounts = {
    current: text(currentMinor),
    available: text(availableMinor),
    uncleared: '0.0',
    reserved: text(reservedMinor),
  };
  return settings.nestedAnswers ? successful(amounts, settings) : json(200, amounts);
}

export function channelsAnswer(
  region: PesawayRegion,
  transactionType: string,
  { channelsOff }: Pick<PesawaySimulatorSettings, 'channelsOff'>,
): Answer {
  const off = channelsOff.split(',');
  const isListed = (channel: string): boolean =>
    transactionType === 'Payouts' || pesawayChannels.get(channel) === 'mobile';
  const channels = ['MPESA', 'Airtel', 'MPESA Paybill', 'MPESA Till', 'Bank'].filter(isListed);
  const open = channels.filter((channel) => !off.includes(channel));
  return json(200, {
    code: '200.001',
    data: { region: region.name, transaction_type: transactionType, channels: open },
  });
}

/** The number before the dot is the HTTP status; 455 is no HTTP status and is answered as 400 [assumed]. */
export function simulatedPesawayRefusal(
  code: string,
  text: string,
  { alwaysHttp200, errorText }: Pick<PesawaySimulatorSettings, 'alwaysHttp200' | 'errorText'>,
): Answer {
  const status = code === '455.001' ? 400 : Number(code.slice(0, 3));
  return json(alwaysHttp200 ? 200 : status, { code, [errorText]: text });
}

/** The answer to a token request, in the shape of the setting. */
export function tokenBody(
  { token, expiresAt }: { readonly token: string; readonly expiresAt: number },
  lifeSeconds: number,
  shape: PesawaySimulatorSettings['tokenShape'],
): Readonly<Record<string, unknown>> {
  switch (shape) {
    case 'expires_at':
      return { access_token: token, token_type: 'Bearer', expires_at: new Date(expiresAt).toISOString() };
    case 'data.token':
      return { code: '200.001', data: { token, expires_in: lifeSeconds } };
    case 'data.access_token':
      return { code: '200.001', data: { access_token: token, expires_in: lifeSeconds } };
    case 'token':
      return { token };
    default:
      return { access_token: token, expires_in: lifeSeconds };
  }
}

function successful(
  fields: Readonly<Record<string, unknown>>,
  { nestedAnswers }: Pick<PesawaySimulatorSettings, 'nestedAnswers'>,
): Answer {
  return json(200, { code: '200.001', ...(nestedAnswers ? { data: fields } : fields) });
}
