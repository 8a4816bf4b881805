import { formatAmount } from '../../domain/money.ts';
import type { Problem } from '../../domain/problem.ts';
import { addUp, countOf, totalText } from '../../domain/totals.ts';
import { Html, markup, NO_HTML } from '../html.ts';
import type { PlanDocument, PlannedAccount, PlannedChanges, PlannedPart, PlannedTotal } from '../plan-document.ts';
import { timestampsIn } from '../timestamps.ts';

/** Of rows with the same problem; the command lists them all. */
const ALIKE_ROWS_SHOWN = 20;

/** Everything of the page but the payments, what needs somebody first. */
export function planSections(document: PlanDocument): Html {
  const times = dayTimes(document.timezone);
  return sections([
    titleSection(document, times),
    needsSections(document, times),
    sumsList(document, times),
    signSection(document),
    totalsTable(document),
    moneyTable(document, times),
    upcomingTable(document, times),
  ]);
}

type DayTime = (ms: number) => string;

function titleSection({ header, organisation, timezone, writtenAt, isRefused }: PlanDocument, times: DayTime): Html {
  const { id, description, file, series, occurrence, preparedBy } = header;
  const facts = [
    organisation,
    ...(series === null ? [] : [`${series} ${occurrence ?? ''}`.trim()]),
    ...(preparedBy === undefined ? [] : [`prepared by ${preparedBy}`]),
    `file ${file}`,
    `planned ${times(writtenAt)} (${timezone})`,
  ];
  return markup`<h1>Plan of batch ${id}${isRefused ? ': refused' : ''}</h1>
${description === '' ? NO_HTML : markup`<p>${description}</p>\n`}<p class="soft">${facts.join(' · ')}</p>
`;
}

/** What somebody has to do or to know before the money goes; each in full, with its next step. */
function needsSections(document: PlanDocument, times: DayTime): Html {
  const { problems, holds, accounts, upcoming, changes } = document;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  const topUps = [
    ...accounts.flatMap((account) => topUpText(account, times)),
    ...upcoming.flatMap(({ account, currency, topUpMinor, series, at }) => {
      if (topUpMinor === null) return [];
      return [
        `Account ${account} needs ${currencyText(topUpMinor, currency)} more by ${times(at)} for the next ${series}, if that comes to as much as last time.`,
      ];
    }),
  ];
  const changed = changes === null ? NO_HTML : changesSection(changes);
  const needs = [
    needsSection('Refused: nothing of it would be sent', problemItems(errors)),
    needsSection('Money', items(topUps)),
    needsSection('Warnings', problemItems(warnings)),
    ...((changes?.warnings.length ?? 0) > 0 ? [changed] : []),
  ].filter(({ text }) => text !== '');
  return sections([
    ...(needs.length > 0 ? needs : [markup`<p>Nothing here needs anybody but whoever agrees to it.</p>\n`]),
    (changes?.warnings.length ?? 0) > 0 ? NO_HTML : changed,
    holds.length === 0 ? NO_HTML : markup`<section><h2>Waits</h2>\n<ul>\n${items(holds)}</ul></section>\n`,
  ]);
}

function topUpText({ name, currency, topUpMinor, until, kinds }: PlannedAccount, times: DayTime): string[] {
  if (topUpMinor === null) return [];
  const pocket = kinds === null ? '' : ` (${kinds.join(', ')})`;
  const when = until === null ? 'before this is run' : `by ${times(until)}`;
  return [
    `Account ${name}${pocket} needs ${currencyText(topUpMinor, currency)} more ${when}, with the most that fees may come to.`,
  ];
}

function needsSection(title: string, parts: readonly Html[]): Html {
  if (parts.length === 0) return NO_HTML;
  return markup`<section class="needs"><h2>${title}</h2>\n<ul>\n${parts}</ul></section>\n`;
}

function items(texts: readonly string[]): readonly Html[] {
  return texts.map((text) => markup`<li>${text}</li>\n`);
}

/** Problems with one text stand together under it, each row with its place. */
function problemItems(problems: readonly Problem[]): readonly Html[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const { code, column, message, row } = problem;
    const key = JSON.stringify([code, row === undefined ? message : [column, row.text]]);
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  }
  return [...groups.values()].map(groupItem);
}

function groupItem(problems: readonly Problem[]): Html {
  const [first] = problems;
  if (first === undefined) return NO_HTML;
  const { row, column, code, line, message, file } = first;
  const label = markup`<span class="soft">${code}</span>`;
  if (row === undefined || problems.length === 1) {
    const where = [...(line > 0 ? [`line ${line}`] : []), ...(column === '' ? [] : [`column ${column}`])].join(', ');
    return markup`<li>${where === '' ? '' : `${where}: `}${message} ${label}</li>\n`;
  }
  const rows = problems.slice(0, ALIKE_ROWS_SHOWN).map((problem) => {
    const { where = '', person = '', value = '' } = problem.row ?? {};
    return markup`<li>${[where, person, value].filter((text) => text !== '').join(': ')}</li>\n`;
  });
  const left = problems.length - rows.length;
  const more = left > 0 ? markup`<li>and ${left} more: <code>payrun plan ${file} --json</code></li>\n` : NO_HTML;
  return markup`<li>${problems.length} rows: ${row.text} ${label}\n<ul>${rows}${more}</ul></li>\n`;
}

function sumsList({ totals, durationMs, header }: PlanDocument, times: DayTime): Html {
  const sending = totals.filter(({ part }) => part !== 'skipped' && part !== 'blocked');
  const sums = addUp(sending, 'currency').map(({ currency, sumMinor }) => {
    return markup`<li>in ${currency}<strong>${currencyText(sumMinor, currency)}</strong></li>\n`;
  });
  const { notBefore } = header;
  const facts: readonly (readonly [string, string])[] = [
    ...(notBefore === null ? [] : [['not before', times(notBefore)] as const]),
    ...(durationMs === null || countOf(sending) === 0
      ? []
      : [['sending takes about', roughSpanText(durationMs)] as const]),
  ];
  return markup`<ul class="sums">
<li>to be paid<strong>${countOf(sending)} ${countOf(sending) === 1 ? 'payment' : 'payments'}</strong></li>
${sums}${facts.map(([name, value]) => markup`<li>${name}<strong>${value}</strong></li>\n`)}</ul>
`;
}

/** Where people sign. A refused batch has no such place. */
function signSection({ agreement, header, totals }: PlanDocument): Html {
  if (agreement === null) return NO_HTML;
  const { planDigest, command } = agreement;
  const lines = ['Prepared by, date', 'Checked by, date', 'Approved by, date'];
  return markup`<section class="sign"><h2>Agreed</h2>
<p>Batch ${header.id}, ${totalText(totals)}. The digest stands for every row, date, account, limit and rule of this plan:</p>
<p><code>${planDigest}</code></p>
<p>To pay only this: <code>${command}</code></p>
<dl>${lines.map((line) => markup`<dt>${line}</dt>`)}</dl></section>
`;
}

const PART_TEXTS: Readonly<Record<PlannedPart, string>> = {
  new: 'new, to be sent',
  resumed: 'registered, to be sent',
  held: 'waits',
  blocked: 'kept back',
  skipped: 'sent already',
};

function totalsTable({ totals }: PlanDocument): Html {
  const rows = totals.map(({ account, kind, part, count, currency, sumMinor }: PlannedTotal) => {
    return markup`<tr><td>${account}</td><td>${kind}</td><td>${PART_TEXTS[part]}</td><td class="n">${count}</td><td class="n">${currencyText(sumMinor, currency)}</td></tr>\n`;
  });
  return markup`<h2>Totals</h2>
<div class="scroll"><table><thead><tr><th>Account</th><th>To</th><th>What</th><th class="n">Payments</th><th class="n">Sum</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
}

function moneyTable({ accounts }: PlanDocument, times: DayTime): Html {
  if (accounts.length === 0) return NO_HTML;
  const rows = accounts.map((account) => {
    const { name, place, currency, kinds, availableMinor, neededMinor, feesMinor, topUpMinor, until, why } = account;
    const fees = feesMinor === null ? 'not documented' : `up to ${currencyText(feesMinor, currency)}`;
    const topUp = topUpMinor === null ? '' : currencyText(topUpMinor, currency);
    const balance = availableMinor === null ? `not known: ${why}` : currencyText(availableMinor, currency);
    return markup`<tr><td>${name}${kinds === null ? '' : ` (${kinds.join(', ')})`}<br><span class="soft">${place}</span></td><td class="n">${balance}</td><td class="n">${currencyText(neededMinor, currency)}</td><td class="n">${fees}</td><td class="n">${topUp}</td><td>${until === null ? '' : times(until)}</td></tr>\n`;
  });
  return markup`<h2>Money</h2>
<div class="scroll"><table><thead><tr><th>Account</th><th class="n">Balance</th><th class="n">Needs</th><th class="n">Fees</th><th class="n">Top up</th><th>By</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
<p class="soft">Fees are the most that the provider's documentation or the account's settings name; what the provider takes is in the report.</p>
`;
}

function upcomingTable({ upcoming }: PlanDocument, times: DayTime): Html {
  if (upcoming.length === 0) return NO_HTML;
  const rows = upcoming.map(({ series, at, account, currency, last, topUpMinor }) => {
    return markup`<tr><td>${times(at)}</td><td>${series}</td><td>${account}</td><td>${last.batch}: ${totalText([{ ...last, currency }])}</td><td class="n">${topUpMinor === null ? '' : currencyText(topUpMinor, currency)}</td></tr>\n`;
  });
  return markup`<h2>Next in its series</h2>
<div class="scroll"><table><thead><tr><th>When</th><th>Series</th><th>Account</th><th>Last time</th><th class="n">Top up</th></tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
}

function changesSection({ against, note, warnings }: PlannedChanges): Html {
  const title = against.length === 0 ? 'Changes' : `Changed since ${against.join(', ')}`;
  if (warnings.length > 0) return needsSection(title, problemItems(warnings));
  return markup`<section><h2>${title}</h2>\n<p>${note ?? 'Nothing that the configuration asks about.'}</p></section>\n`;
}

function sections(parts: readonly Html[]): Html {
  return new Html(parts.map(({ text }) => text).join(''));
}

function currencyText(minor: bigint, currency: string): string {
  return `${formatAmount(minor, currency)} ${currency}`;
}

/** `28 Nov 2026 06:00` */
function dayTimes(timezone: string): DayTime {
  const timestamp = timestampsIn(timezone);
  return (ms) => {
    const [date = '', clock = ''] = timestamp(ms).split('T');
    const [year = '', month = '', day = ''] = date.split('-');
    const name = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
      Number(month) - 1
    ];
    return `${Number(day)} ${name ?? ''} ${year} ${clock.slice(0, 5)}`;
  };
}

function roughSpanText(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  if (minutes <= 1) return 'a minute';
  return minutes < 120 ? `${minutes} minutes` : `${(Math.ceil(minutes / 6) / 10).toFixed(1)} hours`;
}
