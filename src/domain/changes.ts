/** What may differ between a payroll and the one before. */
export const CHANGE_KINDS = [
  'joiner',
  'leaver',
  'id',
  'amount',
  'destination',
  'shared_destination',
  'repeated_person',
  'moved_money',
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The settings under `changes:`. A changed id has none: it is displayed wherever joiners or leavers are. */
export const CHANGE_SETTINGS = [
  'joiners',
  'leavers',
  'amount',
  'destination',
  'shared_destination',
  'repeated_person',
  'moved_money',
] as const;

export type ChangeSetting = (typeof CHANGE_SETTINGS)[number];

/** What is to happen on a change: nothing, a warning, a refusal, or a warning that a person has to sign. */
export const CHANGE_POLICIES = ['ignore', 'warn', 'block', 'approve'] as const;

export type ChangePolicy = (typeof CHANGE_POLICIES)[number];

/** From when on another amount is a change. */
export interface AmountThreshold {
  /** As written: `20%`. */
  readonly over: string;
  /** As written, by currency; under '' the one for all currencies. Empty: only {@link over} counts. */
  readonly by: Readonly<Record<string, string>>;
}

/** `changes:` as it was written; what is left out is said elsewhere, or has its default. */
export type ChangeRules = { readonly [Setting in ChangeSetting]?: ChangePolicy } & Partial<AmountThreshold>;

/** What is to happen on each kind of change. */
export interface ChangeSettings extends AmountThreshold {
  readonly policies: Readonly<Record<ChangeSetting, ChangePolicy>>;
}

/** More than so much is a jump where nothing else is set. */
const AMOUNT_OVER = '20%';

/** @param rules the one that wins first. */
export function changeSettings(...rules: readonly ChangeRules[]): ChangeSettings {
  const first = <Key extends keyof ChangeRules>(key: Key): ChangeRules[Key] | undefined =>
    rules.find((rule) => rule[key] !== undefined)?.[key];
  const policies = CHANGE_SETTINGS.map((setting) => [setting, first(setting) ?? 'warn'] as const);
  return {
    policies: Object.fromEntries(policies) as ChangeSettings['policies'],
    over: first('over') ?? AMOUNT_OVER,
    by: first('by') ?? {},
  };
}

/** Hundredths of a percent, of a text such as `20%` or `12.5%`. */
export function hundredthsOfPercent(text: string): bigint {
  const [whole = '', part = ''] = text.replace('%', '').trim().split('.');
  return BigInt(whole + part.padEnd(2, '0'));
}

/** One difference between a payroll and the one before. */
export interface PayrollChange {
  readonly kind: ChangeKind;
  /** Never `ignore`. */
  readonly policy: ChangePolicy;
  readonly id: string;
  /** The recipient's, for messages; '' where there is none. */
  readonly name: string;
  /** Line in the file; 0 for somebody who is not in it. */
  readonly line: number;
  /** As displayed, destinations masked; null where there was none, or there is none now. */
  readonly was: string | null;
  readonly is: string | null;
  /** What is different and why it counts, without the person and without what to do. */
  readonly text: string;
  /** Of what concerns several people: their ids, as many as are worth naming. */
  readonly ids?: readonly string[];
  /** Whether a warning of the file's own check names it already. */
  readonly isNamedAlready?: boolean;
}

/** A payroll against the one before, or why there was nothing to compare it with. */
export interface ComparedPayroll {
  readonly settings: ChangeSettings;
  /** The batches that it was compared with. */
  readonly against: readonly string[];
  readonly changes: readonly PayrollChange[];
  /** How many more there are of each kind than are listed. */
  readonly unlisted: ReadonlyMap<ChangeKind, number>;
  /** One sentence where there was nothing to compare with; else null. */
  readonly note: string | null;
}
