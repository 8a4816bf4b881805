import type { FieldFault, PaymentReview, ReviewedPayment } from '../../domain/rules.ts';
import { BANK_WARNINGS } from './bank-rules.ts';
import { payoutOf } from './details.ts';
import { typesOf } from './payout-types.ts';
import { REFUSALS } from './refusals.ts';
import { bitpesaFault, type CheckedRow, type RowRule } from './row-rule.ts';
import type { BitpesaSettings } from './settings.ts';

/** A whole payment compared with its payout type: what is missing, what is not known, what cannot be paid. */
export function reviewPayment(payment: ReviewedPayment, settings: BitpesaSettings, account: string): PaymentReview {
  const payout = payoutOf(payment, settings);
  if (payout === null) return { faults: [typeFault(payment)], warnings: [] };
  const row: CheckedRow = { payment, payout, settings, account };
  return {
    faults: REFUSALS.flatMap((rule) => rule(row)),
    warnings: WARNINGS.flatMap((rule) => rule(row)),
  };
}

const WARNINGS: readonly RowRule[] = [
  recommendedDetails,
  ...BANK_WARNINGS,
  narrativeFits,
  amountIsPaidInFives,
  businessPaysEgyptianBusiness,
];

function typeFault({ currency, destination, details }: ReviewedPayment): FieldFault {
  const kind = destination.kind === 'mobile' ? 'mobile' : 'bank';
  const types = typesOf(currency, kind);
  if (types.length === 0) {
    return bitpesaFault(
      kind === 'mobile' ? 'mobile' : 'bank_account',
      'destination-currency',
      `BitPesa pays no ${currency} to a ${kind}. Pay it another way or in another currency.`,
    );
  }
  if (details['type'] !== undefined && !types.includes(details['type'])) {
    return bitpesaFault(
      'details.type',
      'detail-value',
      `BitPesa pays ${currency} to a ${kind} by ${types.join(' or ')} only. Write one of them in details.type, or leave it empty.`,
    );
  }
  // Left: a type with several countries, and a row that names none.
  return bitpesaFault(
    'details.country',
    'detail-missing',
    `${types.join(' or ')} needs details.country: US or EG. Fill it in.`,
  );
}

function recommendedDetails({ payout: { type, recipient, details }, settings }: CheckedRow): readonly FieldFault[] {
  const { spec, guide } = type[recipient];
  const [list, source] =
    settings.detailRules === 'spec' ? ([guide, 'guide'] as const) : ([spec, 'specification'] as const);
  return list
    .filter((field) => details[field] === undefined)
    .map((field) =>
      bitpesaFault(
        `details.${field}`,
        'detail-recommended',
        `BitPesa's ${source} asks for ${field} of ${type.type}. Fill it in where you know it.`,
      ),
    );
}

function narrativeFits({ payment, payout: { type } }: CheckedRow): readonly FieldFault[] {
  const { narrative, details } = payment;
  if (type.narrationMax === null) return [];
  const text = details['narration'] ?? narrative;
  if (text.length <= type.narrationMax || Array.from(text).length <= type.narrationMax) return [];
  const field = details['narration'] === undefined ? 'narrative' : 'details.narration';
  return [
    bitpesaFault(
      field,
      'narrative-too-long',
      `Only the first ${type.narrationMax} characters of the narrative reach the recipient. Shorten it if the end matters.`,
    ),
  ];
}

/** Orange of Ivory Coast demands it, and which of the other networks round up is not published. */
function amountIsPaidInFives({
  payment: { amountMinor, currency },
  payout: { type },
}: CheckedRow): readonly FieldFault[] {
  if (type.kind !== 'mobile' || (currency !== 'XOF' && currency !== 'XAF') || amountMinor % 5n === 0n) return [];
  return [
    bitpesaFault(
      'amount',
      'amount-fives',
      `Some mobile networks pay ${currency} in multiples of 5 only and round up. Round the amount yourself.`,
    ),
  ];
}

/** By the guide of November 2025, which calls it "coming soon". */
function businessPaysEgyptianBusiness({ payout: { type, recipient }, settings }: CheckedRow): readonly FieldFault[] {
  const isEgyptian = type.type === 'EGP::Bank' || type.type === 'EGP::Cash' || type.values['country']?.[0] === 'EG';
  if (!isEgyptian || recipient !== 'business' || settings.sender.fields['type'] !== 'business') return [];
  const message =
    "BitPesa's guide lets only persons pay businesses in Egypt, and the sender of this account is a business. Ask BitPesa whether it pays this.";
  return [bitpesaFault('details.recipient_type', 'sender-business', message)];
}
