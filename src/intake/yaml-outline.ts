import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep, win32 } from 'node:path';
import type { YamlDocument, YamlValue } from '../documents/yaml.ts';
import { isPayrunError } from '../domain/problem.ts';
import { NUMBER_FORMATS } from './amounts.ts';
import { fileSize, readText } from './bytes.ts';
import type { IntakeContext } from './context.ts';
import { ProblemList, wholeFile, type Place } from './findings.ts';
import { batchIdRule, isBatchId } from './identifiers.ts';
import { inlineInput } from './inline-payments.ts';
import { readNotBefore } from './not-before.ts';
import type { Control, CsvInput, Outline } from './outline.ts';
import { singleSpaced } from './payment-check.ts';
import { checkSchema } from './schema.ts';
import { maskNumbers, quotable } from './shape.ts';
import { parseYaml } from './yaml-document.ts';

/** The whole document is held in memory with its positions, at about ninety times its size. */
const YAML_MAX_BYTES = 4 * 1024 * 1024;

/** Reads a batch in YAML. Null when there is nothing to go on with; why was reported. */
export async function outlineOfYaml(
  file: string,
  context: IntakeContext,
  findings: ProblemList,
): Promise<Outline | null> {
  const document = await readDocument(file, findings);
  if (document === null) return null;
  const placeOf = (path: readonly (string | number)[]): Place => ({
    file,
    line: document.lineAt(path),
    column: maskNumbers(path.findLast((step) => typeof step === 'string') ?? ''),
    field: (typeof path[1] === 'number' ? path.slice(2) : path).join('.'),
  });
  const { value } = document;
  if (typeof value === 'string' || isList(value)) {
    findings.error(placeOf([]), 'value-type', 'A batch is a block of keys: `batch: …`, `account: …`, `payments: …`.');
    return null;
  }
  const left = await checkSchema(value, context.overrides.batch !== null, placeOf, findings);
  const has = (key: string) => text(value[key]) !== '' || typeof value[key] === 'object';
  const place = (key: string): Place => {
    const path = key.split('.');
    return value[path[0] ?? ''] !== undefined ? placeOf(path) : { ...wholeFile(file), field: key };
  };

  const batchId = readBatchId(text(value.batch), context, place, findings);
  const notBefore = readMoment(text(value.not_before), context, place, findings);
  const control = readControl(value.control, place, findings);
  if (has('payments') && has('rows')) {
    findings.error(
      place('rows'),
      'payments-and-rows',
      'Payments stand both in this file and in `rows`. Keep one of the two.',
    );
  }
  const input =
    has('rows') && !has('payments')
      ? await csvInput(file, value, place, findings)
      : inlineInput(value.payments, document, placeOf, findings);
  const numberFormat = NUMBER_FORMATS.find((format) => format === text(value.number_format)) ?? null;
  return {
    batchId,
    description: singleSpaced(text(value.description)),
    notBefore,
    control,
    settings: {
      forcedAccount: context.overrides.account,
      account: text(value.account) || null,
      currency: text(value.currency).toUpperCase() || null,
      narrative: singleSpaced(text(value.narrative)),
      numberFormat,
    },
    input,
    place,
    unexplained: left,
  };
}

/** Absolute path of the CSV that a YAML batch's `rows:` names; null when it names none or cannot be read. */
export async function rowsFileOf(file: string): Promise<string | null> {
  try {
    const value = (await readDocument(file, new ProblemList()))?.value ?? '';
    const rows = typeof value === 'string' || isList(value) ? '' : text(value.rows);
    return rows === '' ? null : resolve(dirname(file), rows);
  } catch (error) {
    if (isPayrunError(error)) return null;
    throw error;
  }
}

async function readDocument(file: string, findings: ProblemList): Promise<YamlDocument | null> {
  const size = await fileSize(file);
  if (size > YAML_MAX_BYTES) {
    findings.error(
      wholeFile(file),
      'yaml-too-large',
      `This file has ${Math.ceil(size / 1024 / 1024)} MiB, and a YAML batch may have ${YAML_MAX_BYTES / 1024 / 1024}. Put the payments into a ` +
        'CSV file beside it and name that with `rows:`.',
    );
    return null;
  }
  let content = '';
  for await (const chunk of readText({ file, encoding: null }, findings)) content += chunk;
  const nul = content.indexOf('\0');
  if (nul >= 0) {
    const line = content.slice(0, nul).split(/\r\n|\n|\r/).length;
    findings.error(
      { ...wholeFile(file), line },
      'nul-character',
      'This line holds a NUL character: the file is damaged, or UTF-16 without a byte-order mark. Save it again as UTF-8.',
    );
  }
  return findings.refused ? null : parseYaml(content, file, findings);
}

function readBatchId(id: string, context: IntakeContext, place: PlaceOfKey, findings: ProblemList): string | null {
  const chosen = context.overrides.batch ?? id;
  if (chosen === '') {
    findings.error(
      place('batch'),
      'batch-missing',
      'The batch has no id. Write one as `batch:`, for example `batch: payroll-2026-11`.',
    );
  } else if (!isBatchId(chosen)) {
    findings.error(place('batch'), 'batch-id-invalid', batchIdRule(chosen));
  }
  return isBatchId(chosen) ? chosen : null;
}

function readMoment(moment: string, context: IntakeContext, place: PlaceOfKey, findings: ProblemList): number | null {
  if (moment === '') return null;
  const read = readNotBefore(moment, context.timezone);
  if (read === null) {
    findings.error(
      place('not_before'),
      'not-before-invalid',
      `"${quotable(moment)}" is no moment. Write date and time, like 2026-11-28T06:00:00+03:00.`,
    );
  }
  return read;
}

function readControl(control: YamlValue | undefined, place: PlaceOfKey, findings: ProblemList): Control | null {
  if (typeof control !== 'object' || isList(control)) return null;
  const count = text(control.count);
  const sum = text(control.sum);
  if (control.count !== undefined && !/^\d{1,9}$/.test(count)) {
    findings.error(
      place('control.count'),
      'control-count-invalid',
      'The declared count is no whole number. Write how many payments there are.',
    );
  }
  if (control.sum !== undefined && !/^\d{1,18}(?:\.\d+)?$/.test(sum)) {
    findings.error(
      place('control.sum'),
      'control-sum-invalid',
      'The declared sum is no amount. Write digits and a point, like "105000.50".',
    );
  }
  return { count: /^\d{1,9}$/.test(count) ? Number(count) : null, sum: /^\d{1,18}(?:\.\d+)?$/.test(sum) ? sum : null };
}

async function csvInput(
  file: string,
  value: Readonly<Record<string, YamlValue>>,
  place: PlaceOfKey,
  findings: ProblemList,
): Promise<CsvInput | null> {
  const rows = text(value.rows);
  const columns = value.columns ?? {};
  const fault = await rowsFault(file, rows);
  if (fault !== null) {
    findings.error(place('rows'), fault.code, fault.message);
    return null;
  }
  return {
    kind: 'csv',
    file: join(dirname(file), rows),
    encoding: text(value.encoding) === 'windows-1252' ? 'windows-1252' : null,
    mapping: {
      headers:
        typeof columns === 'string' || isList(columns)
          ? {}
          : Object.fromEntries(Object.entries(columns).map(([field, header]) => [field, text(header)])),
      place: (field) => ({ ...place(`columns.${field}`), column: field, field: 'columns' }),
    },
  };
}

/** A batch may only take in what lies beside it: whoever can drop a file shall not make us read any file there is. */
async function rowsFault(
  file: string,
  rows: string,
): Promise<{ readonly code: string; readonly message: string } | null> {
  const folder = dirname(file);
  const outside = {
    code: 'rows-outside-folder',
    message: `\`rows\` must name a file in this batch's folder, and "${quotable(rows)}" leads out of it. Move the CSV beside the batch.`,
  };
  if (
    rows.includes('\0') ||
    isAbsolute(rows) ||
    win32.isAbsolute(rows) ||
    leaves(relative(folder, resolve(folder, rows)))
  ) {
    return outside;
  }
  try {
    const path = join(folder, rows);
    await fileSize(path);
    return leaves(relative(await realpath(folder), await realpath(path))) ? outside : null;
  } catch (error) {
    if (!isPayrunError(error)) throw error;
    return {
      code: error.code.replace('file', 'rows'),
      message: `\`rows\` names "${quotable(rows)}". ${error.message}`,
    };
  }
}

function leaves(path: string): boolean {
  return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path);
}

type PlaceOfKey = (key: string) => Place;

function text(value: YamlValue | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
