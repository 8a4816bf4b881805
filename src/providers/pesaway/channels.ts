import type { PaymentInstruction } from '../../domain/payment.ts';
import type { FieldFault, PaymentReview, ReviewedPayment } from '../../domain/rules.ts';
import type { PesawaySettings } from './settings.ts';

/** Which `Channel` a payment takes, in PesaWay's exact case; null where neither its row nor the account names one. */
export function channelOf(
  { destination, details }: Pick<PaymentInstruction, 'destination' | 'details'>,
  { channels }: PesawaySettings,
): string | null {
  switch (destination.kind) {
    case 'mobile': {
      const named = details['channel'] ?? '';
      return named === '' ? channels.mobile : (spelt(named, channels.mobiles) ?? null);
    }
    case 'bank':
      return channels.bank;
    case 'paybill':
      return channels.paybill;
    case 'till':
      return channels.till;
    case 'wallet':
      return null;
  }
}

/** A row may name the network of a mobile (`details.channel`), and nothing else. */
export function channelReview(payment: ReviewedPayment, account: string, settings: PesawaySettings): PaymentReview {
  const fault = channelFault(payment, account, settings);
  return { faults: fault === null ? [] : [fault], warnings: [] };
}

function channelFault(payment: ReviewedPayment, account: string, settings: PesawaySettings): FieldFault | null {
  const { destination, details } = payment;
  const { mobile, mobiles } = settings.channels;
  const named = details['channel'] ?? '';
  if (destination.kind !== 'mobile') {
    if (named === '') return null;
    const message = `A channel is named for mobiles only, and this payment goes to a ${destination.kind}. Leave it empty.`;
    return { field: 'details.channel', code: 'channel-unsupported', message };
  }
  if (named !== '') {
    if (spelt(named, mobiles) !== undefined) return null;
    const known = mobiles.length === 0 ? 'None is listed' : `There are: ${mobiles.join(', ')}`;
    const message = `PesaWay is not known to pay through this channel. ${known}; accounts.${account}.options.mobile_channels has the list.`;
    return { field: 'details.channel', code: 'channel-unknown', message };
  }
  if (mobile !== null) return null;
  const message = `PesaWay publishes no channel for mobiles of ${settings.region.place}. Ask PesaWay for its name and write it under accounts.${account}.options.mobile_channel.`;
  return { field: 'details.channel', code: 'channel-missing', message };
}

function spelt(named: string, known: readonly string[]): string | undefined {
  return known.find((channel) => channel.toLowerCase() === named.toLowerCase());
}
