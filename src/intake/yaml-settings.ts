import { isYamlList, trimmedText, type YamlMapping, type YamlValue } from '../documents/yaml.ts';
import type { AccountChoice, FieldValues } from '../domain/csv-defaults.ts';
import { AMOUNT_ORDERS } from '../domain/paying-order.ts';
import { ROUNDINGS } from '../domain/rounding.ts';
import { NUMBER_FORMATS } from './amounts.ts';
import type { IntakeContext } from './context.ts';
import { singleSpaced } from './free-text.ts';
import type { PaymentSettings } from './payment-check.ts';
import type { ProblemList } from './problem-list.ts';
import type { PlaceOf } from './schema.ts';
import { valueFaults } from './value-check.ts';

/** What a YAML batch says for all of its payments. Faults of its `values:` are reported; what is of the wrong form was. */
export function readSettings(
  value: YamlMapping,
  { overrides, rules }: Pick<IntakeContext, 'overrides' | 'rules'>,
  placeOf: PlaceOf,
  problems: ProblemList,
): PaymentSettings {
  const account = readAccountChoice(value.account);
  const currency = trimmedText(value.currency).toUpperCase() || null;
  const values = readValues(value.values);
  for (const fault of valueFaults(values, { account: overrides.account ?? account, currency, rules })) {
    const place = placeOf(['values', ...fault.path]);
    if (fault.severity === 'error') problems.error(place, fault.code, fault.message);
    else problems.warning(place, fault.code, fault.message);
  }
  return {
    forcedAccount: overrides.account,
    account,
    currency,
    narrative: singleSpaced(trimmedText(value.narrative)),
    numberFormat: NUMBER_FORMATS.find((format) => format === trimmedText(value.number_format)) ?? null,
    values,
    rounding: ROUNDINGS.find((rounding) => rounding === trimmedText(value.rounding)) ?? 'refuse',
    priority: AMOUNT_ORDERS.find((order) => order === trimmedText(value.priority)) ?? 'line',
  };
}

function readAccountChoice(account: YamlValue | undefined): AccountChoice | null {
  if (typeof account !== 'object' || isYamlList(account)) return trimmedText(account) || null;
  return trimmedTexts(account);
}

function readValues(values: YamlValue | undefined): FieldValues {
  if (typeof values !== 'object' || isYamlList(values)) return {};
  const maps = Object.entries(values).filter(([, map]) => typeof map === 'object' && !isYamlList(map));
  return Object.fromEntries(maps.map(([field, map]) => [field, trimmedTexts(map)]));
}

function trimmedTexts(mapping: YamlValue | undefined): Readonly<Record<string, string>> {
  if (typeof mapping !== 'object' || isYamlList(mapping)) return {};
  return Object.fromEntries(Object.entries(mapping).map(([key, text]) => [key, trimmedText(text)]));
}
