import { destinationMasked, type Destination } from '../domain/destination.ts';
import type { Problem } from '../domain/problem.ts';
import type { DestinationChange, DestinationDamage, PlanInput } from './input.ts';
import { inputColumnOf, idAndName } from './refusals.ts';

/** A shorter beginning or ending belongs to many numbers. */
const PART_MIN = 4;

/** Digits of a number that a spreadsheet keeps; it writes zeros for the others, and may round the last. */
const KEPT_DIGITS = 15;

/** In a narrow column a spreadsheet shows fewer digits, `2.54711E+11`, and zeros for the others once that is read again. */
const SHOWN_ZEROS_MIN = 3;

/** How `now` may have come from `earlier` by the loss of digits; null where it is the same, or another destination altogether. */
export function destinationDamage(earlier: Destination, now: Destination): DestinationDamage | null {
  if (earlier.kind !== now.kind) return null;
  const nowParts = partsOf(now);
  let damage: DestinationDamage | null = null;
  for (const [at, part] of partsOf(earlier).entries()) {
    const nowPart = nowParts[at] ?? '';
    if (part === nowPart) continue;
    const found = damageOf(part, nowPart);
    if (found === null) return null;
    damage ??= found;
  }
  return damage;
}

type ChangedInput = Pick<PlanInput, 'summary' | 'destinationChanges' | 'allowDestination'>;

/** What refuses the batch, one problem for each payment; those of which a person has allowed the id are warnings. */
export function destinationProblems({ summary, destinationChanges = [], allowDestination }: ChangedInput): Problem[] {
  const { header } = summary;
  return destinationChanges.map((change): Problem => {
    const isAllowed = allowDestination?.has(change.idKey) ?? false;
    const field = changedFieldOf(change);
    const column = inputColumnOf(header, field);
    const place = { file: header.rowsFile ?? header.file, line: change.line, column, field };
    const advice = isAllowed
      ? 'It is paid because --allow-destination names it.'
      : `If a spreadsheet has changed the number, write the earlier one again (as text). If the new one is right, run with --allow-destination ${change.id}`;
    return {
      ...place,
      severity: isAllowed ? 'warning' : 'error',
      code: 'destination-digits-lost',
      message: `${changeText(change)} ${advice}`,
    };
  });
}

/** Ids whose changed destination a person has allowed, as the file spells them. */
export function allowedDestinations({ destinationChanges = [], allowDestination }: ChangedInput): readonly string[] {
  return destinationChanges.filter(({ idKey }) => allowDestination?.has(idKey) ?? false).map(({ id }) => id);
}

function changeText({ id, name, earlier, now, batch, damage }: DestinationChange): string {
  const how: Record<DestinationDamage, string> = {
    zeros: 'the two differ only by zeros in front or at the end, which spreadsheets drop',
    tail: 'the new one is the end of the earlier one, so that digits in front may be missing',
    head: 'the new one is the beginning of the earlier one, so that digits at the end may be missing',
    rounded: 'they begin alike and the new one ends in zeros, as when a spreadsheet rounds a long number',
  };
  const text = (destination: Destination): string =>
    `${destinationMasked(destination)} (${(partsOf(destination).at(-1) ?? '').length} characters)`;
  return `Payment ${idAndName({ id, name })} goes to ${text(now)}, and in batch ${batch} the same id was paid to ${text(earlier)}: ${how[damage]}.`;
}

function partsOf(destination: Destination): readonly string[] {
  switch (destination.kind) {
    case 'mobile':
      return [destination.phone.replace(/^\+/, '')];
    case 'bank':
      return [destination.code, destination.account];
    case 'wallet':
      return [destination.wallet];
    case 'paybill':
      return [destination.paybill, destination.account];
    case 'till':
      return [destination.till];
  }
}

function damageOf(earlier: string, now: string): DestinationDamage | null {
  const core = (text: string): string => text.replace(/^0+|0+$/g, '').toUpperCase();
  if (core(earlier) !== '' && core(earlier) === core(now)) return 'zeros';
  const isPart = now.length >= PART_MIN && earlier.length > now.length;
  if (isPart && earlier.endsWith(now)) return 'tail';
  if (isPart && earlier.startsWith(now)) return 'head';
  return isRounded(earlier, now) ? 'rounded' : null;
}

/** Whether `now` has the first digits of `earlier`, the last of them rounded or cut, and zeros behind. */
function isRounded(earlier: string, now: string): boolean {
  if (now.length !== earlier.length || !/^\d+$/.test(earlier) || !/^\d+0$/.test(now)) return false;
  const isPastKept = now.length > KEPT_DIGITS && /^0+$/.test(now.slice(KEPT_DIGITS));
  if (isPastKept && now.slice(0, KEPT_DIGITS - 1) === earlier.slice(0, KEPT_DIGITS - 1)) return true;
  const kept = now.replace(/0+$/, '').length;
  if (!isPastKept && now.length - kept < SHOWN_ZEROS_MIN) return false;
  const difference = BigInt(`0${now.slice(0, kept)}`) - BigInt(`0${earlier.slice(0, kept)}`);
  return difference === 0n || (difference === 1n && earlier.charAt(kept) >= '5');
}

/** The field whose cell has changed: of two parts the account, unless only the code differs. */
function changedFieldOf({ earlier, now }: DestinationChange): string {
  const isSameAccount = partsOf(earlier).at(-1) === partsOf(now).at(-1);
  switch (now.kind) {
    case 'mobile':
      return 'mobile';
    case 'bank':
      return isSameAccount ? 'bank_code' : 'bank_account';
    case 'wallet':
      return 'wallet';
    case 'paybill':
      return isSameAccount || now.account === '' ? 'paybill' : 'paybill_account';
    case 'till':
      return 'till';
  }
}
