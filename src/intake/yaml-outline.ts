import { basename, dirname, resolve } from 'node:path';
import { isYamlList, trimmedText, type YamlDocument, type YamlPath, type YamlValue } from '../documents/yaml.ts';
import { isPayrunError } from '../domain/problem.ts';
import { fileSize, readText } from './bytes.ts';
import type { IntakeContext } from './context.ts';
import { singleSpaced } from './free-text.ts';
import { batchIdRule, isBatchId } from './identifiers.ts';
import { inlineInput } from './inline-payments.ts';
import { readNotAfter, readNotBefore } from './not-before.ts';
import { readSeries } from './occurrence.ts';
import type { Control, Outline } from './outline.ts';
import { ProblemList, wholeFile, type ProblemPlace } from './problem-list.ts';
import { tableInput } from './rows-file.ts';
import { checkBatchSchema, misspeltKeys } from './schema.ts';
import { maskNumbers, quotable } from './shape.ts';
import { parseYaml } from './yaml-document.ts';
import { readSettings } from './yaml-settings.ts';

/** The whole document is held in memory with its positions, at about ninety times its size. */
const YAML_MAX_BYTES = 4 * 1024 * 1024;

/** Reads a batch in YAML. Null when there is nothing to go on with; why was reported. */
export async function outlineOfYaml(
  file: string,
  context: IntakeContext,
  problems: ProblemList,
): Promise<Outline | null> {
  const written = await readBatchDocument(file, problems);
  if (written === null) return null;
  const document = await withRightKeys(written, file, problems);
  const placeOf = (path: readonly (string | number)[]): ProblemPlace => ({
    file,
    line: document.lineAt(path),
    column: maskNumbers(path.findLast((step) => typeof step === 'string') ?? ''),
    field: (typeof path[1] === 'number' ? path.slice(2) : path).join('.'),
  });
  const { value } = document;
  if (typeof value === 'string' || isYamlList(value)) {
    problems.error(placeOf([]), 'value-type', 'A batch is a block of keys: `batch: …`, `account: …`, `payments: …`.');
    return null;
  }
  const left = await checkBatchSchema(value, context.overrides.batch !== null, placeOf, problems);
  const has = (key: string) => trimmedText(value[key]) !== '' || typeof value[key] === 'object';
  const place = (key: string): ProblemPlace => {
    const path = key.split('.');
    return value[path[0] ?? ''] !== undefined ? placeOf(path) : { ...wholeFile(file), field: key };
  };

  const batchId = readBatchId(trimmedText(value.batch), context, place, problems);
  const times = readTimes(value, context, place, problems);
  const control = readControl(value.control, place, problems);
  const occurrence = { series: trimmedText(value.series), occurrence: trimmedText(value.occurrence) };
  const named = { ...occurrence, names: [basename(file), batchId ?? ''], paidAs: context.occurrence };
  const series = readSeries(named, place, problems);
  if (has('payments') && has('rows')) {
    problems.error(
      place('rows'),
      'payments-and-rows',
      'Payments stand both in this file and in `rows`. Keep one of the two.',
    );
  }
  const input =
    has('rows') && !has('payments')
      ? await tableInput(file, value, place, problems)
      : inlineInput(value.payments, document, placeOf, problems);
  return {
    batchId,
    description: singleSpaced(trimmedText(value.description)),
    ...times,
    preparedBy: singleSpaced(trimmedText(value.prepared_by)),
    ...series,
    control,
    settings: readSettings(value, context, placeOf, problems),
    input,
    place,
    unexplained: left,
  };
}

/** Keys at the top that are misspelt are reported, and what stands below them is checked as if they were spelt right. */
async function withRightKeys(document: YamlDocument, file: string, problems: ProblemList): Promise<YamlDocument> {
  const { value } = document;
  if (typeof value === 'string' || isYamlList(value)) return document;
  const placeOf = (path: YamlPath): ProblemPlace => ({
    ...{ file, line: document.lineAt(path), field: path.join('.') },
    column: maskNumbers(String(path.at(-1) ?? '')),
  });
  const misspelt = await misspeltKeys(value, placeOf, problems);
  if (misspelt.size === 0) return document;
  const meantBy = new Map([...misspelt].map(([meant, key]) => [key, meant]));
  const right = Object.entries(value).map(([key, inner]) => [meantBy.get(key) ?? key, inner] as const);
  const inFile = ([first = '', ...rest]: YamlPath): YamlPath => [misspelt.get(String(first)) ?? first, ...rest];
  return {
    value: Object.fromEntries(right),
    lineAt: (path) => document.lineAt(path.length === 0 ? path : inFile(path)),
    keyLineAt: (path) => document.keyLineAt(path.length === 0 ? path : inFile(path)),
  };
}

/** Absolute path of the file that a YAML batch's `rows:` names; null when it names none or cannot be read. */
export async function rowsFileOf(file: string): Promise<string | null> {
  if (!/\.ya?ml$/i.test(file)) return null;
  try {
    const value = (await readBatchDocument(file, new ProblemList()))?.value ?? '';
    const rows = typeof value === 'string' || isYamlList(value) ? '' : trimmedText(value.rows);
    return rows === '' ? null : resolve(dirname(file), rows);
  } catch (error) {
    if (isPayrunError(error)) return null;
    throw error;
  }
}

async function readBatchDocument(file: string, problems: ProblemList): Promise<YamlDocument | null> {
  const size = await fileSize(file);
  if (size > YAML_MAX_BYTES) {
    problems.error(
      wholeFile(file),
      'yaml-too-large',
      `This file has ${Math.ceil(size / 1024 / 1024)} MiB, and a YAML batch may have ${YAML_MAX_BYTES / 1024 / 1024}. Put the payments into a ` +
        'CSV file beside it and name that with `rows:`.',
    );
    return null;
  }
  let content = '';
  for await (const chunk of readText({ file, encoding: null }, problems)) content += chunk;
  const nul = content.indexOf('\0');
  if (nul >= 0) {
    const line = content.slice(0, nul).split(/\r\n|\n|\r/).length;
    problems.error(
      { ...wholeFile(file), line },
      'nul-character',
      'This line holds a NUL character: the file is damaged, or UTF-16 without a byte-order mark. Save it again as UTF-8.',
    );
  }
  return problems.refused ? null : parseYaml(content, file, problems);
}

function readBatchId(id: string, context: IntakeContext, place: PlaceOfKey, problems: ProblemList): string | null {
  const chosen = context.overrides.batch ?? id;
  if (chosen === '') {
    problems.error(
      place('batch'),
      'batch-missing',
      'The batch has no id. Write one as `batch:`, for example `batch: payroll-2026-11`.',
    );
  } else if (!isBatchId(chosen)) {
    problems.error(place('batch'), 'batch-id-invalid', batchIdRule(chosen));
  }
  return isBatchId(chosen) ? chosen : null;
}

/** From when and until when the batch may be sent. */
function readTimes(
  value: Readonly<Record<string, YamlValue>>,
  { timezone, occurrence }: IntakeContext,
  place: PlaceOfKey,
  problems: ProblemList,
): Pick<Outline, 'notBefore' | 'notAfter'> {
  const read = (key: string, reader: typeof readNotBefore): number | null => {
    const moment = trimmedText(value[key]);
    const at = moment === '' ? null : reader(moment, timezone);
    if (moment !== '' && at === null) {
      problems.error(
        place(key),
        `${key.replace('_', '-')}-invalid`,
        `"${quotable(moment)}" is not a date with a time. Write date and time, like 2026-11-28T06:00:00+03:00.`,
      );
    }
    return at;
  };
  const [notBefore, notAfter] = [read('not_before', readNotBefore), read('not_after', readNotAfter)];
  if (notBefore !== null && notAfter !== null && notAfter <= notBefore) {
    const times = `not_before is ${new Date(notBefore).toISOString()}, not_after ${new Date(notAfter).toISOString()}`;
    problems.error(
      place('not_after'),
      'not-after-too-early',
      `Nothing could ever be sent: ${times}. Write a not_after that is later, or remove it.`,
    );
  }
  for (const [key, at] of Object.entries({ not_before: notBefore, not_after: notAfter })) {
    if (at === null || occurrence?.isTemplate !== true) continue;
    const message = `A template is paid on every date of ${occurrence.series}, and \`${key}\` names one moment. Remove it: \`every:\` says when.`;
    problems.error(place(key), 'moment-in-template', message);
  }
  return { notBefore, notAfter };
}

function readControl(control: YamlValue | undefined, place: PlaceOfKey, problems: ProblemList): Control | null {
  if (typeof control !== 'object' || isYamlList(control)) return null;
  const count = trimmedText(control.count);
  const sum = trimmedText(control.sum);
  if (control.count !== undefined && !/^\d{1,9}$/.test(count)) {
    problems.error(
      place('control.count'),
      'control-count-invalid',
      'The declared count is no whole number. Write how many payments there are.',
    );
  }
  if (control.sum !== undefined && !/^\d{1,18}(?:\.\d+)?$/.test(sum)) {
    problems.error(
      place('control.sum'),
      'control-sum-invalid',
      'The declared sum is no amount. Write digits and a point, like "105000.50".',
    );
  }
  return { count: /^\d{1,9}$/.test(count) ? Number(count) : null, sum: /^\d{1,18}(?:\.\d+)?$/.test(sum) ? sum : null };
}

type PlaceOfKey = (key: string) => ProblemPlace;
