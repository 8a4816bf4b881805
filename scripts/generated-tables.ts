import type { Option, Options } from '../src/providers/kit/options.ts';
import type { Declaration } from './generated-files.ts';

/** The table of options for the README of a provider. */
export function optionTable(options: Options): string {
  const rows = Object.entries(options).map(([name, option]) => [
    `\`${name}\``,
    option.type,
    defaultText(option),
    option.description,
  ]);
  return table(['option', 'type', 'default', 'meaning'], rows);
}

/** The table of providers for README.md. */
export function providerRows(declarations: readonly Declaration[]): string {
  const rows = declarations.map(({ name, configuration: { pays, notes } }) => [
    `\`${name}\``,
    pays,
    `${notes} · [more](src/providers/${name}/README.md)`,
  ]);
  return table(['provider', 'pays', 'notes'], rows);
}

/** A text with what stands between the markers `<!-- generated: NAME -->` and `<!-- end -->` replaced. */
export function between(text: string, name: string, content: string, path: string): string {
  const [start, end] = [`<!-- generated: ${name} -->\n`, '<!-- end -->'];
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${path} lacks the markers ${start.trim()} and ${end}`);
  return text.slice(0, from) + start + content + text.slice(to);
}

/** `60s` as it is; what payrun assumes, because the provider documents nothing, is marked. */
function defaultText({ defaultsTo, isRequired, isAssumed }: Option<unknown>): string {
  if (isRequired) return 'required';
  if (defaultsTo === undefined) return '–';
  const text = typeof defaultsTo === 'object' ? defaultsTo.join(' ') : String(defaultsTo);
  return `${text === '' ? 'none' : `\`${text}\``}${isAssumed ? ' [assumed]' : ''}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return `\n${lines.join('\n')}\n\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
