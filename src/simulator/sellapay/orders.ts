import { json, type Answer } from '../kit/answer.ts';
import { centsOf } from '../kit/decimal.ts';
import { numberField, textField, type Body } from '../kit/fields.ts';

/** A payout as a request describes it, read by the rules of its endpoint. Marks in brackets as in docs/providers/sellapay.md. */
export interface SellapayOrder {
  readonly kind: 'mobile' | 'wallet' | 'bank';
  readonly destination: string;
  /** The phone, the account number or the wallet; magic values are recognised by it. */
  readonly number: string;
  readonly amountMinor: bigint;
  /** Empty without a reference in the request. */
  readonly reference: string;
  readonly name: string;
  readonly narrative: string;
  /** The part of the answer that repeats the request. */
  readonly echo: Readonly<Record<string, string>>;
  /** The newest revision of the bank endpoint answers errors with fewer fields. */
  readonly terse: boolean;
}

export type SellapayOrderReading = SellapayOrder | { readonly refusal: Answer };

export type SellapayOrderReader = (body: Body) => SellapayOrderReading;

/** One reader per endpoint that moves money. */
export const orderReaders: ReadonlyMap<string, SellapayOrderReader> = new Map([
  ['sendFundsToMobile', readMobile],
  ['sendFundsToSellapay', readWallet],
  ['sendFundsToLocalBank', readBank],
]);

const BANKS: Readonly<Record<string, string>> = {
  '001': 'KCB Group Limited',
  '002': 'Barclays Bank',
  '006': 'Co-operative Bank',
  '007': 'Standard Chartered',
  '008': 'Citibank Kenya',
  '011': 'Diamond Trust Bank',
  '014': 'National Bank of Kenya',
  '015': 'Equity Bank',
  '031': 'Housing Finance',
  '032': 'Consolidated Bank Kenya',
  KCBLKENA: 'KCB Group Limited',
  BARCKENA: 'Barclays Bank',
  COBAKENAN: 'Co-operative Bank',
  SCBLKENA: 'Standard Chartered',
  CITIKENA: 'Citibank Kenya',
  DTBLKENA: 'Diamond Trust Bank',
  NBKEKENA: 'National Bank of Kenya',
  EQBLKENA: 'Equity Bank',
  HOUBEKEA: 'Housing Finance',
  CBKEKENA: 'Consolidated Bank Kenya',
};

export function invalid(field: string, message: string, reason: string): Answer {
  return json(400, { error: 'Validation error', message, details: { field, reason } });
}

function readMobile(body: Body): SellapayOrderReading {
  const phone = textField(body.fields, 'phone') ?? '';
  // Nine digits, as in the documented samples; the server adds 254 [seed].
  if (!/^[71]/.test(phone))
    return simulatedSellapayRefused('phone', 'Invalid phone number format', 'Phone must start with 7 or 1');
  if (!/^\d{9}$/.test(phone))
    return simulatedSellapayRefused('phone', 'Invalid phone number format', 'Phone must have 9 digits');
  return readCommon(body, {
    kind: 'mobile',
    destination: `+254${phone}`,
    number: phone,
    name: '',
    echo: { phone: `254${phone}` },
  });
}

function readWallet(body: Body): SellapayOrderReading {
  // The reference pages say `account`, the example clients `to_account`.
  const account = textField(body.fields, 'account') ?? textField(body.fields, 'to_account') ?? '';
  if (!/^[A-Za-z0-9]{1,64}$/.test(account))
    return simulatedSellapayRefused('account', 'Invalid account', 'Account id is malformed');
  const echo = { recipient_account: account };
  return readCommon(body, { kind: 'wallet', destination: account, number: account, name: '', echo });
}

function readBank(body: Body): SellapayOrderReading {
  const { fields, encoding } = body;
  const isSwift = encoding === 'form' || fields.has('swift_code') || fields.has('bank_account');
  return isSwift ? readSwiftBank(body) : readCodeBank(body);
}

function readCodeBank(body: Body): SellapayOrderReading {
  const code = textField(body.fields, 'bank_code') ?? '';
  const account = textField(body.fields, 'account_number') ?? '';
  const name = textField(body.fields, 'account_name') ?? '';
  // More codes exist ("50+") than the ten that are listed: any three digits are accepted [assumed].
  if (!/^\d{3}$/.test(code))
    return simulatedSellapayRefused('bank_code', 'Invalid bank details', 'Bank code must have 3 digits');
  if (!/^\d{5,20}$/.test(account)) {
    return simulatedSellapayRefused(
      'account_number',
      'Invalid bank details',
      'Account number must have 5 to 20 digits',
    );
  }
  if (name.trim() === '' || name.length > 100) {
    return simulatedSellapayRefused(
      'account_name',
      'Invalid bank details',
      'Account name must have 1 to 100 characters',
    );
  }
  const echo = { bank: BANKS[code] ?? `Bank ${code}`, account_number: account };
  return readCommon(body, { kind: 'bank', destination: `${code}/${account}`, number: account, name, echo });
}

/** A request with a SWIFT code has no reference and no name: such fields are ignored. */
function readSwiftBank(body: Body): SellapayOrderReading {
  const swift = textField(body.fields, 'swift_code') ?? '';
  const account = textField(body.fields, 'bank_account') ?? '';
  const amountMinor = centsOf(numberField(body, 'amount') ?? '');
  if (!/^[A-Z0-9]{8,11}$/.test(swift) || account === '' || amountMinor === null || amountMinor === 0n) {
    return { refusal: json(400, { error: 'Amount, bank account, and bank swift code are required' }) };
  }
  return {
    kind: 'bank',
    destination: `${swift}/${account}`,
    number: account,
    amountMinor,
    reference: '',
    name: '',
    narrative: textField(body.fields, 'note') ?? '',
    echo: { bank: BANKS[swift] ?? swift, bank_account: account },
    terse: true,
  };
}

type SimulatedSellapayRecipient = Pick<SellapayOrder, 'kind' | 'destination' | 'number' | 'name' | 'echo'>;

function readCommon(body: Body, recipient: SimulatedSellapayRecipient): SellapayOrderReading {
  const amount = numberField(body, 'amount');
  if (amount === null) return simulatedSellapayRefused('amount', 'Invalid amount', 'Amount must be a number');
  const amountMinor = centsOf(amount);
  if (amountMinor === null)
    return simulatedSellapayRefused('amount', 'Invalid amount', 'Amount must be positive with 2 decimals at most');
  if (amountMinor === 0n) return simulatedSellapayRefused('amount', 'Invalid amount', 'Amount must be greater than 0');
  const reference = textField(body.fields, 'reference') ?? '';
  if (body.fields.has('reference') && !/^[A-Za-z0-9_-]{1,20}$/.test(reference)) {
    return simulatedSellapayRefused(
      'reference',
      'Invalid reference',
      'Reference must have 1 to 20 letters, digits, - or _',
    );
  }
  const narrative = textField(body.fields, 'narrative') ?? textField(body.fields, 'note') ?? '';
  return { ...recipient, amountMinor, reference, narrative, terse: false };
}

function simulatedSellapayRefused(field: string, message: string, reason: string): SellapayOrderReading {
  return { refusal: invalid(field, message, reason) };
}
