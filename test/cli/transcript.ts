import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BIN } from './harness.ts';

/** One step of a document that shows a session: a file that is written, or a command with what it printed. */
type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly output: string };

/**
 * What differs from one session to the next: references, receipts, times and digests, and the reason of a failure, of which callback and
 * query both know.
 */
const CHANGING = [
  { name: 'reason', pattern: /^ {2}Daraja says\b.*$/gm },
  { name: 'reference', pattern: /\b(?=[0-9A-Z]*\d)[0-9A-HJKMNP-TV-Z]{20}\b/g },
  { name: 'receipt', pattern: /\bT[0-9A-Z]{9}\b/g },
  { name: 'digest', pattern: /\b[0-9a-f]{64}\b/g },
  { name: 'time', pattern: /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+Z][\d:]*/g },
  { name: 'day', pattern: /\b\d{1,2} [A-Z][a-z]{2} \d\d:\d\d\b/g },
  { name: 'hour', pattern: /\b\d\d:\d\d\b/g },
  { name: 'duration', pattern: /\b\d+(?:\.\d+)? ?(?:ms|s)\b/g },
] as const;

/**
 * Steps of a Markdown document: a block ```` ```csv batches/november.csv ```` is a file, in a block ```` ```console ```` lines that begin with `$ ` are
 * commands and the others what they print on both outputs.
 */
function stepsOf(markdown: string): readonly Step[] {
  const steps: Step[] = [];
  for (const [, info = '', text = ''] of markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)) {
    const [language, path] = info.split(' ');
    if (path !== undefined) steps.push({ kind: 'file', path, text });
    if (language !== 'console') continue;
    for (const part of text.split(/^\$ /m).slice(1)) {
      const end = part.indexOf('\n');
      steps.push({ kind: 'command', command: part.slice(0, end), output: part.slice(end + 1) });
    }
  }
  return steps;
}

/**
 * Goes through the session in a folder of its own. Returns the document as this session would write it; where nothing but references, receipts,
 * times and digests differs, those of the document are kept.
 */
export async function playedAgain(markdown: string, folder: string): Promise<string> {
  // Of the document → of this session. A later step names what an earlier one has shown.
  const met = new Map<string, string>();
  const translated = (text: string): string =>
    [...met].reduce((changed, [written, now]) => changed.replaceAll(written, now), text);
  let document = markdown;
  let position = 0;
  for (const step of stepsOf(markdown)) {
    if (step.kind === 'file') {
      await mkdir(dirname(join(folder, step.path)), { recursive: true });
      await writeFile(join(folder, step.path), translated(step.text));
      continue;
    }
    const output = (await outputOf(translated(step.command), folder)).replaceAll(folder, '~/payrun');
    const written = `$ ${step.command}\n${step.output}`;
    for (const { pattern } of CHANGING) {
      const now = output.match(pattern) ?? [];
      for (const [at, value] of (step.output.match(pattern) ?? []).entries()) {
        if (!met.has(value)) met.set(value, now[at] ?? value);
      }
    }
    const isAlike = withoutChanging(output) === withoutChanging(step.output);
    const kept = isAlike ? written : `$ ${step.command}\n${output}`;
    const start = document.indexOf(written, position);
    document = document.slice(0, start) + kept + document.slice(start + written.length);
    position = start + kept.length;
  }
  return document;
}

function withoutChanging(text: string): string {
  return CHANGING.reduce((left, { name, pattern }) => left.replace(pattern, `<${name}>`), text);
}

/** Of both outputs, in the order in which they come. */
async function outputOf(command: string, folder: string): Promise<string> {
  const script = `payrun() { "${process.execPath}" "${BIN}" "$@"; }\nexec 2>&1\n${command}`;
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_STATE_HOME: join(folder, '.state'), USER: 'mary' };
  const child = spawn('bash', ['-c', script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await new Promise((resolve) => child.once('close', resolve));
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

export async function documentOf(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, '../../docs', name), 'utf8');
}
