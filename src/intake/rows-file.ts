import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep, win32 } from 'node:path';
import { isYamlList, trimmedText, type YamlMapping } from '../documents/yaml.ts';
import { isPayrunError } from '../domain/problem.ts';
import { fileSize } from './bytes.ts';
import type { TableInput } from './outline.ts';
import type { ProblemPlace, ProblemList } from './problem-list.ts';
import { quotable } from './shape.ts';

/** The CSV or workbook that a batch names with `rows:`; null when it cannot be read, which was reported. */
export async function tableInput(
  file: string,
  value: YamlMapping,
  place: (key: string) => ProblemPlace,
  problems: ProblemList,
): Promise<TableInput | null> {
  const rows = trimmedText(value.rows);
  const columns = value.columns ?? {};
  const fault = await rowsFault(file, rows);
  if (fault !== null) {
    problems.error(place('rows'), fault.code, fault.message);
    return null;
  }
  return {
    kind: 'table',
    file: join(dirname(file), rows),
    sheet: trimmedText(value.sheet) || null,
    encoding: trimmedText(value.encoding) === 'windows-1252' ? 'windows-1252' : null,
    mapping: {
      headers:
        typeof columns === 'string' || isYamlList(columns)
          ? {}
          : Object.fromEntries(Object.entries(columns).map(([field, header]) => [field, trimmedText(header)])),
      place: (field) => ({ ...place(`columns.${field}`), column: field, field: 'columns' }),
    },
    headerRow: readHeaderRow(value, place, problems),
    skip:
      value.skip !== undefined && isYamlList(value.skip)
        ? value.skip.map(trimmedText).filter((text) => text !== '')
        : [],
  };
}

function readHeaderRow(value: YamlMapping, place: (key: string) => ProblemPlace, problems: ProblemList): number | null {
  if (value.header_row === undefined) return null;
  const text = trimmedText(value.header_row);
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  problems.error(
    place('header_row'),
    'header-row-invalid',
    'This is no line of a file. Write the number of the line on which the header stands, such as 4.',
  );
  return null;
}

/** A batch may only name files beside it: otherwise a person who can drop a file could make payrun read any file of the machine. */
async function rowsFault(
  file: string,
  rows: string,
): Promise<{ readonly code: string; readonly message: string } | null> {
  const folder = dirname(file);
  const outside = {
    code: 'rows-outside-folder',
    message: `\`rows\` must name a file in this batch's folder, and "${quotable(rows)}" leads out of it. Move that file beside the batch.`,
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
