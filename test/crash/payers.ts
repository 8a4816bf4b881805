import type { FaultOdds, Simulator, SimulatorName, SimulatorOptions } from '../../src/simulator/index.ts';

/** One payment as a provider's batch has it, with what is known of it beforehand. */
export interface Draft {
  readonly id: string;
  readonly name: string;
  /** Our columns of its destination and details. */
  readonly fields: Readonly<Record<string, string>>;
  /** As a report prints it; no two rows share destination and amount. */
  readonly destination: string;
  readonly amountMinor: bigint;
  /** How it ends where nothing goes wrong; `pending` is the end where the provider never tells more. */
  readonly ends: 'paid' | 'pending' | 'failed';
}

/** A payer's account at one provider, and what its crash test meets there. */
export interface Payer {
  readonly provider: SimulatorName;
  readonly currency: string;
  /** The account's part of payrun.yaml, without its name, as YAML in braces. */
  account(endpoint: string): string;
  /** The account's credentials, as its simulator has them. */
  env(simulator: Pick<Simulator, 'credentials'>): Readonly<Record<string, string>>;
  /** One of them, which must never be found anywhere. */
  readonly secret: string;
  readonly simulator: Partial<SimulatorOptions>;
  readonly odds: FaultOdds;
  /** Columns that {@link draft} may fill. */
  readonly columns: readonly string[];
  draft(serial: number): Draft;
  /** Whether the sheet allows to present a reference again on evidence: then more than one request with it is no defect. */
  readonly resends: boolean;
  /** Whether some of its requests cannot carry our reference. */
  readonly isReferenceOptional?: true;
}

/** What every answer can suffer; all of them leave a payment whose end nobody was told. */
const LOST: FaultOdds = { 'drop-before': 0.02, 'drop-after': 0.04, '503-booked': 0.01, unreadable: 0.01, 'cut-short': 0.01, 'expire-tokens': 0.01 }; // prettier-ignore

const SELLAPAY_SECRET = 'crash-secret-b7c1';

/** Pays a repeated reference twice: nothing but payrun itself stands between a payment and a second one. */
export const sellapayPayer: Payer = {
  provider: 'sellapay',
  currency: 'KES',
  account: (endpoint) =>
    `{ provider: sellapay, endpoint: "${endpoint}", currency: KES, ` +
    'credentials: { api_key: "${SELLAPAY_API_KEY}", api_secret: "${SELLAPAY_API_SECRET}" }, options: { authorize_rate: 1000/s }',
  env: () => ({ SELLAPAY_API_KEY: 'crash-key', SELLAPAY_API_SECRET: SELLAPAY_SECRET }),
  secret: SELLAPAY_SECRET,
  simulator: { dedupe: 'ignore', credentials: [{ key: 'crash-key', secret: SELLAPAY_SECRET }] },
  odds: LOST,
  columns: ['mobile', 'bank_code', 'bank_account', 'wallet'],
  resends: false,
  draft: (serial) => {
    const common = commonDraft(serial, 101n);
    switch (serial % 20) {
      case 3:
      case 8:
      case 13: {
        const bank_account = `01${padded(serial, 6)}77`;
        return {
          ...common,
          fields: { bank_code: '015', bank_account },
          destination: `015/${bank_account}`,
          ends: 'pending',
        };
      }
      case 5:
      case 15:
        return { ...common, fields: { wallet: `acctCrash${serial}` }, destination: `acctCrash${serial}`, ends: 'paid' };
      case 19:
        return { ...common, fields: { wallet: 'acctMISSING' }, destination: 'acctMISSING', ends: 'failed' };
      default:
        return { ...common, ...kenyan(`7${padded(serial, 6)}99`), ends: 'paid' };
    }
  },
};

/** Kept away from the simulators' magic amounts; no two are the same, so that money that moves twice cannot hide. */
export function commonDraft(serial: number, stepMinor: bigint): Pick<Draft, 'id' | 'name' | 'amountMinor'> {
  return {
    id: `EMP-${padded(serial, 5)}`,
    name: `Person ${serial}`,
    amountMinor: 1_000_00n + BigInt(serial) * stepMinor,
  };
}

export function kenyan(national: string): Pick<Draft, 'fields' | 'destination'> {
  return { fields: { mobile: `0${national}` }, destination: `+254${national}` };
}

export function padded(serial: number, digits: number): string {
  return String(serial).padStart(digits, '0');
}
