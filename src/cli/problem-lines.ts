import { styleText } from 'node:util';
import type { Problem, UnlistedProblems } from '../domain/problem.ts';
import type { Terminal } from './terminal.ts';

/** So many problems of one kind are printed one by one; of more the first ones are, as examples. */
const ROWS_SHOWN = 3;

/** Where problems are printed. */
interface ProblemOutput {
  readonly terminal: Terminal;
  readonly channel: 'data' | 'note' | 'fail';
  /** Where all of them are, for the line that counts those which are not printed. */
  readonly all: string;
}

/** Prints problems that this command has not printed yet: of each kind its count and some examples. */
export function printProblems(problems: readonly Problem[], { terminal, channel, all }: ProblemOutput): void {
  const { printed } = terminal;
  const fresh = problems
    .filter((problem) => printed.isNewProblem(problem))
    .map((problem): Problem => {
      const other = printed.fileWithSame(problem);
      return other === null ? problem : { ...problem, message: `the same as of ${other}.` };
    });
  for (const line of problemLines(fresh, all)) terminal[channel](line);
}

/** How many problems refuse a batch, those included that are only counted. */
export function errorCount(problems: readonly Problem[]): number {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const unlisted = errors.flatMap((problem) => problem.unlisted ?? []).filter(({ severity }) => severity === 'error');
  const listed = errors.filter((problem) => problem.unlisted === undefined).length;
  return unlisted.reduce((sum, { count }) => sum + count, listed);
}

/** What is wrong, for a person: what refuses a batch first, one line for each problem, or some lines for many of one kind. */
function problemLines(problems: readonly Problem[], all: string): string[] {
  const unlisted = problems.flatMap((problem) => problem.unlisted ?? []);
  const kinds = kindsOf(problems);
  const of = (severity: Problem['severity']): (readonly Problem[])[] =>
    kinds.filter(([first]) => first?.severity === severity);
  return [...of('error'), ...of('warning')].flatMap((kind) => kindLines(kind, unlisted, all));
}

/** Problems of one kind: the same rule and column in one file. In the order in which each first occurs. */
function kindsOf(problems: readonly Problem[]): readonly (readonly Problem[])[] {
  const kinds = Map.groupBy(problems, ({ file, severity, code, column }) =>
    JSON.stringify([file, severity, code, column]),
  );
  return [...kinds.values()].flatMap(byAdvice);
}

/** Apart by what is to be done, where that is told in few ways: the last sentence of a text. */
function byAdvice(kind: readonly Problem[]): readonly (readonly Problem[])[] {
  const parts = Map.groupBy(kind, (problem) => sentencesOf(rowText(problem)).at(-1));
  return parts.size <= ROWS_SHOWN ? [...parts.values()] : [kind];
}

function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.:]) (?=[\p{Lu}`])/u);
}

function kindLines(kind: readonly Problem[], unlisted: readonly UnlistedProblems[], all: string): string[] {
  const [first] = kind;
  if (first === undefined) return [];
  const shared = sharedEnd(new Set(kind.map(rowText)));
  if (kind.length <= ROWS_SHOWN) {
    return kind.map(
      (problem, at) =>
        `${headLine(problem, problem.line)}: ${at === 0 ? problem.message : ownMessage(problem, shared)}`,
    );
  }
  const { severity, code, column } = first;
  const isUnlisted = (other: UnlistedProblems): boolean =>
    other.code === code && other.column === column && other.severity === severity;
  const count = unlisted.filter(isUnlisted).reduce((sum, more) => sum + more.count, kind.length);
  const where = kind.every(({ line }) => line > 0) ? `in ${count} rows` : `${count} times`;
  return [
    `${headLine(first, 0)} ${where}${shared === '' ? ', for example:' : `: ${shared}`}`,
    ...examplesOf(kind).map((problem) => `  ${rowLine(problem, shared)}`),
    `  and ${count - ROWS_SHOWN} more: ${all}`,
  ];
}

/** What to do is said with the first problem of its kind; one that says nothing else is said whole. */
function ownMessage(problem: Problem, shared: string): string {
  const { message } = problem;
  return rowText(problem) === shared ? message : message.slice(0, message.length - shared.length).trim();
}

/** Problems whose texts differ, as far as there are such, in the order of the file. */
function examplesOf(kind: readonly Problem[]): readonly Problem[] {
  const different = new Map<string, Problem>();
  for (const problem of kind) {
    const text = rowText(problem);
    if (!different.has(text)) different.set(text, problem);
    if (different.size === ROWS_SHOWN) break;
  }
  const chosen = new Set([...different.values(), ...kind.slice(0, ROWS_SHOWN)].slice(0, ROWS_SHOWN));
  for (const problem of kind) {
    if (chosen.size === ROWS_SHOWN) break;
    chosen.add(problem);
  }
  return kind.filter((problem) => chosen.has(problem));
}

function rowText({ row, message }: Problem): string {
  return row?.text ?? message;
}

/** The sentences that all texts end with: what to do, mostly. */
function sharedEnd(texts: ReadonlySet<string>): string {
  let shared: readonly string[] | null = null;
  for (const text of texts) {
    const sentences = sentencesOf(text);
    if (shared === null) shared = sentences;
    const limit: number = Math.min(shared.length, sentences.length);
    let same = 0;
    while (same < limit && shared.at(-1 - same) === sentences.at(-1 - same)) same += 1;
    shared = same === 0 ? [] : shared.slice(-same);
    if (same === 0) break;
  }
  return (shared ?? []).join(' ');
}

/** `line 14: EMP-0041 Jane Wanjiku: *******009`, and what is of this row alone. */
function rowLine(problem: Problem, shared: string): string {
  const text = rowText(problem);
  const own = text.slice(0, text.length - shared.length).trim();
  const { row, line } = problem;
  if (row === undefined) return [line > 0 ? `line ${line}` : '', own].filter((part) => part !== '').join(': ');
  const value = own.includes(row.value) ? '' : row.value;
  return [row.where, row.person, value, own].filter((part) => part !== '').join(': ');
}

/** `batches/november.csv:14: Net pay: error amount-syntax`; line 0: without it. */
function headLine({ file, column, severity, code }: Problem, line: number): string {
  const place = line > 0 ? `${file}:${line}` : file;
  const of = column === '' ? '' : ` ${column}:`;
  const word = styleText(severity === 'error' ? 'red' : 'yellow', severity, { stream: process.stderr });
  return `${place}:${of} ${word} ${code}`;
}
