import { basename } from 'node:path';
import type { CsvDefaults } from '../../domain/csv-defaults.ts';
import { accountsIn } from '../../domain/csv-defaults.ts';
import { knownBanks } from '../bank-advice.ts';
import type { IntakeContext } from '../context.ts';
import { defaultsFor } from '../csv-outline.ts';
import { singleSpaced } from '../free-text.ts';
import { batchIdOfText, batchIdRule, isBatchId } from '../identifiers.ts';
import { readSeries } from '../occurrence.ts';
import type { Outline } from '../outline.ts';
import { wholeFile, type ProblemList, type ProblemPlace } from '../problem-list.ts';
import { valueMaps } from '../value-map.ts';
import { textAtPath, type PainElement } from './element.ts';
import { elementAt } from '../xml-path.ts';
import { PainMessage } from './message.ts';
import { painColumns, placeInPain, type PainRow } from './transfer.ts';

/**
 * Reads an ISO 20022 pain.001 up to its first payment: the message is the batch. What it cannot say, the rule of its name says. Null
 * when there is nothing to go on with; why was reported.
 */
export async function outlineOfPain(
  file: string,
  context: IntakeContext,
  problems: ProblemList,
): Promise<Outline | null> {
  const { overrides } = context;
  const rule = defaultsFor(context.defaults, file);
  const debtorAccounts = rule?.debtorAccounts ?? null;
  const hasAccount = debtorAccounts !== null;
  const message = await PainMessage.open(
    {
      ...{ file, hasAccount, timezone: context.timezone, isAccountForced: overrides.account !== null },
      bankCode: bankCodeChoice(context, rule),
      debtorAccounts: hasAccount
        ? new Map(Object.entries(debtorAccounts).map(([number, name]) => [debtorKey(number), name]))
        : null,
    },
    problems,
  );
  const { header, firstBlock } = message;
  if (header === null) {
    await message.close();
    return null;
  }
  const id = batchIdOf(file, header, context, problems);
  const place = (key: string): ProblemPlace => ({ ...wholeFile(file), field: key });
  return {
    batchId: id,
    description: singleSpaced(`pain.001 message ${textAtPath(header, 'MsgId')}`),
    notBefore: firstBlock?.notBefore ?? null,
    notAfter: null,
    preparedBy: rule?.preparedBy ?? '',
    // A MsgId or a date of the message may change when the same payroll is exported again: only the file's name is what a person chose.
    ...readSeries(
      { series: rule?.series ?? '', occurrence: '', names: [basename(file)], paidAs: context.occurrence },
      place,
      problems,
    ),
    control: null,
    settings: {
      forcedAccount: overrides.account,
      account: rule?.account ?? null,
      currency: rule?.currency?.toUpperCase() ?? null,
      narrative: singleSpaced(rule?.narrative ?? ''),
      numberFormat: null,
      values: rule?.values ?? {},
      rounding: rule?.rounding ?? 'refuse',
      priority: rule?.priority ?? 'line',
    },
    input: {
      kind: 'message',
      columns: painColumns(hasAccount),
      pages: () => message.pages(),
      locate: (row, field) => placeInPain(file, row as PainRow, field),
    },
    unexplained: [],
    place,
  };
}

/** The same message is the same batch under any name of its file. */
function batchIdOf(
  file: string,
  header: PainElement,
  { overrides }: IntakeContext,
  problems: ProblemList,
): string | null {
  const messageId = textAtPath(header, 'MsgId');
  const id = overrides.batch ?? batchIdOfText(messageId);
  if (isBatchId(id)) return id;
  const line = elementAt(header, 'MsgId')?.line ?? header.line;
  const place = { file, line, column: 'MsgId', field: 'batch' };
  if (overrides.batch === null && messageId === '') {
    const text =
      'The message has no MsgId, from which the id of the batch is made. Have the program write one, or choose one with --batch.';
    problems.error(place, 'batch-missing', text);
    return null;
  }
  const source = overrides.batch === null ? 'MsgId makes no batch id: ' : '';
  problems.error(place, 'batch-id-invalid', `${source}${batchIdRule(id)} Choose one with --batch.`);
  return null;
}

/** Of the codes of a bank that a message has, the first one that a rule maps or the account's provider knows; else the first one. */
function bankCodeChoice(
  { overrides, rules }: IntakeContext,
  rule: CsvDefaults | undefined,
): (codes: readonly string[]) => string {
  const map = valueMaps(rule?.values ?? {}).get('bank_code');
  const accounts = accountsIn(overrides.account ?? rule?.account ?? null).concat(
    Object.values(rule?.debtorAccounts ?? {}),
  );
  const banks = accounts.flatMap((account) => {
    const accountRules = rules.get(account);
    return accountRules === undefined ? [] : knownBanks(accountRules, accountRules.currency);
  });
  const known = new Set(banks.map(({ code }) => code));
  return (codes) => codes.find((code) => map?.get(code) !== undefined || known.has(code)) ?? codes[0] ?? '';
}

function debtorKey(number: string): string {
  return number.replace(/ /g, '').toUpperCase();
}
