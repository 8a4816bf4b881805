import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { CsvDefaults } from '../../src/domain/csv-defaults.ts';
import type { Payment } from '../../src/domain/payment.ts';
import type { Problem } from '../../src/domain/problem.ts';
import type { AccountRules, DestinationRule } from '../../src/domain/rules.ts';
import { checkBatch, type CheckedBatch, type IntakeContext } from '../../src/intake/batch.ts';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder that is gone after the tests. */
export function dropFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'payrun-intake-'));
  folders.push(folder);
  return folder;
}

/** Writes a file into a fresh folder and returns its path. */
export function drop(name: string, content: string | Uint8Array): string {
  const file = join(dropFolder(), name);
  writeFileSync(file, content);
  return file;
}

const rule = {
  schema: {},
  nameRequired: false,
  nameMax: 40,
  minAmountMinor: 100n,
  maxAmountMinor: null,
  stepMinor: 1n,
} satisfies Partial<DestinationRule>;

function accountRules(account: string, currency: string): AccountRules {
  return {
    account,
    provider: 'testpay',
    currency,
    currencies: currency === 'KES' ? ['KES', 'USD'] : [currency],
    maxAmountMinor: 25_000_000n,
    narrativeMax: 30,
    destinations: {
      mobile: {
        ...rule,
        maxAmountMinor: 7_000_000n,
        normalise: ({ mobile = '' }) => {
          const local = /^(?:\+?254|0)?([71]\d{8})$/.exec(mobile.replace(/[ -]/g, ''));
          return local === null
            ? {
                ok: false,
                fault: { field: 'mobile', code: 'mobile-not-kenyan', message: 'This is no Kenyan mobile number.' },
              }
            : { ok: true, destination: { kind: 'mobile', phone: `+254${local[1] ?? ''}` } };
        },
      },
      bank: {
        ...rule,
        nameRequired: true,
        normalise: ({ bank_code: code = '', bank_account: bankAccount = '' }) => ({
          ok: true,
          destination: { kind: 'bank', code, account: bankAccount },
          ...(code === '999' ? { warning: { field: 'bank_code', code: 'bank-unlisted', message: 'Not listed.' } } : {}),
        }),
      },
      wallet: {
        ...rule,
        stepMinor: 100n,
        normalise: ({ wallet = '' }) => ({ ok: true, destination: { kind: 'wallet', wallet } }),
      },
      paybill: {
        ...rule,
        normalise: ({ paybill = '', paybill_account: at = '' }) => ({
          ok: true,
          destination: { kind: 'paybill', paybill, account: at },
        }),
      },
    },
  };
}

export const RULES: ReadonlyMap<string, AccountRules> = new Map([
  ['demo', accountRules('demo', 'KES')],
  ['kampala', accountRules('kampala', 'UGX')],
]);

export const PLAIN_DEFAULTS: CsvDefaults = {
  match: '*.csv',
  account: 'demo',
  currency: null,
  narrative: null,
  series: null,
  columns: {},
  encoding: null,
  sheet: null,
  numberFormat: null,
  headerRow: null,
  skip: [],
  values: {},
  rounding: null,
  debtorAccounts: null,
  afterPaid: null,
};

export function contextWith(
  defaults: Partial<CsvDefaults> | null = {},
  more: Partial<IntakeContext> = {},
): IntakeContext {
  return {
    rules: RULES,
    defaults: defaults === null ? [] : [{ ...PLAIN_DEFAULTS, ...defaults }],
    overrides: { account: null, batch: null },
    timezone: 'Africa/Nairobi',
    ...more,
  };
}

export function checkCsv(content: string | Uint8Array, defaults: Partial<CsvDefaults> = {}): Promise<CheckedBatch> {
  return checkBatch(drop('payroll.csv', content), contextWith(defaults));
}

export function checkYaml(content: string | Uint8Array): Promise<CheckedBatch> {
  return checkBatch(drop('payroll.yaml', content), contextWith(null));
}

/** `line field code` of every problem, for comparing many at once. */
export function codesOf(checked: { readonly problems: readonly Problem[] }): readonly string[] {
  return checked.problems.map(({ line, field, code }) => `${line} ${field} ${code}`);
}

export async function paymentsOf(checked: CheckedBatch): Promise<readonly Payment[]> {
  const payments: Payment[] = [];
  for await (const page of checked.payments()) payments.push(...page);
  return payments;
}
