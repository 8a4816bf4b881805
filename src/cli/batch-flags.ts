import type { BatchOptions } from '../operations/index.ts';
import { rowChoice } from './batch-text.ts';
import type { Shell } from './command.ts';
import { durationFlag, switchFlag, textFlag, textsFlag, wholeNumberFlag, type Values } from './flag.ts';

export const rowsFlag = switchFlag('--rows', 'show every payment');

/** The flags of the commands that read batch files. */
export const batchFlags = {
  account: textFlag('--account <name>', 'the account to pay from, whatever the file says'),
  batch: textFlag('--batch <id>', 'the batch id of one CSV file'),
  amend: switchFlag('--amend', 'accept additions and changes of payments that were never sent'),
  allowDuplicate: switchFlag('--allow-duplicate', 'pay although another batch holds the same payments'),
  allowDestination: textsFlag(
    '--allow-destination <ids...>',
    'pay these ids although their number differs from the earlier one by lost digits only',
  ),
  expectCount: wholeNumberFlag('--expect-count <n>', 'refuse unless the file has this many payments'),
  expectSum: textFlag('--expect-sum <amount>', 'refuse unless the payments add up to this'),
  rows: rowsFlag,
};

/** Of the commands that plan a batch. */
export const againstFlag = textFlag(
  '--against <batch>',
  'the batch to compare the file with; else the previous of its series',
);

/** Of the commands that read a batch as a person has accepted it. */
export const repairFlag = textFlag('--repair <csv>', 'apply the repairs that are accepted in this file');

/** The flags of the commands that pay. */
export const payFlags = {
  wait: durationFlag('--wait <duration>', 'how long to wait for pending payments and busy accounts (30s, 5m)', {
    ms: 60_000,
    text: '60s',
  }),
  yes: switchFlag('--yes', 'do not ask before paying from a live account; releases no canary'),
};

/** The flags of the commands by which a person changes something. */
export const changeFlags = {
  because: textFlag('--because <text>', 'why; recorded with the name'),
  by: textFlag('--by <name>', 'the person who acts; else the login name'),
  dryRun: switchFlag('--dry-run', 'show exactly what would be done, and do nothing'),
};

export function batchOptions(flags: Values<typeof batchFlags>, { isJson }: Shell): BatchOptions {
  const { account, batch, amend, allowDuplicate, allowDestination, expectCount, expectSum, rows } = flags;
  const expect = { count: expectCount, sum: expectSum };
  return {
    account,
    batch,
    amend,
    allowDuplicate,
    expect,
    allowDestination: allowDestination ?? [],
    rows: rowChoice(isJson, rows),
  };
}
