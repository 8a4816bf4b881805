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

/** What is wrong, for a person: what refuses a batch first, one line for each problem, or some lines for many of one kind. */
export function problemLines(problems: readonly Problem[], all: string): string[] {
  const unlisted = problems.flatMap((problem) => problem.unlisted ?? []);
  const kinds = [...kindsOf(problems).values()].flatMap(split);
  const of = (severity: Problem['severity']): (readonly Problem[])[] =>
    kinds.filter(([first]) => first?.severity === severity);
  return [...of('error'), ...of('warning')].flatMap((kind) => kindLines(kind, unlisted, all));
}

/** Problems of one kind: the same rule and column in one file. In the order in which each first occurs. */
function kindsOf(problems: readonly Problem[]): ReadonlyMap<string, Problem[]> {
  const kinds = new Map<string, Problem[]>();
  for (const problem of problems) {
    const { file, severity, code, column } = problem;
    const key = JSON.stringify([file, severity, code, column]);
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, [problem]);
    else kind.push(problem);
  }
  return kinds;
}

/** By their texts where these are few: numbers with six digits are another kind than those with seven. */
function split(kind: readonly Problem[]): (readonly Problem[])[] {
  const texts = Map.groupBy(kind, sharedText);
  return texts.size <= ROWS_SHOWN ? [...texts.values()] : [kind];
}

function kindLines(kind: readonly Problem[], unlisted: readonly UnlistedProblems[], all: string): string[] {
  const [first] = kind;
  if (first === undefined) return [];
  if (kind.length <= ROWS_SHOWN) return kind.map((problem) => `${headLine(problem, problem.line)}: ${problem.message}`);
  const { severity, code, column } = first;
  const isUnlisted = (other: UnlistedProblems): boolean =>
    other.code === code && other.column === column && other.severity === severity;
  const count = unlisted.filter(isUnlisted).reduce((sum, more) => sum + more.count, kind.length);
  const text = sharedText(first);
  const isOneText = kind.every((problem) => sharedText(problem) === text);
  const where = kind.every(({ line }) => line > 0) ? `in ${count} rows` : `${count} times`;
  return [
    `${headLine(first, 0)} ${where}${isOneText ? `: ${text}` : ', for example:'}`,
    ...kind.slice(0, ROWS_SHOWN).map((problem) => `  ${rowLine(problem, !isOneText)}`),
    `  and ${count - ROWS_SHOWN} more: ${all}`,
  ];
}

/** The same in all problems of one fault. */
function sharedText({ row, message }: Problem): string {
  return row?.text ?? message;
}

/** `line 14: EMP-0041 Jane Wanjiku: *******009` */
function rowLine({ row, line, message }: Problem, hasText: boolean): string {
  if (row === undefined) return hasText ? (line > 0 ? `line ${line}: ${message}` : message) : `line ${line}`;
  const { where, person, value, text } = row;
  return [where, person, value, hasText ? text : ''].filter((part) => part !== '').join(': ');
}

/** `batches/november.csv:14: Net pay: error amount-syntax`; line 0: without it. */
function headLine({ file, column, severity, code }: Problem, line: number): string {
  const place = line > 0 ? `${file}:${line}` : file;
  const of = column === '' ? '' : ` ${column}:`;
  const word = styleText(severity === 'error' ? 'red' : 'yellow', severity, { stream: process.stderr });
  return `${place}:${of} ${word} ${code}`;
}
