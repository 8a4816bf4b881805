import { foldHeader } from './fields.ts';

/** A text longer than this is a sentence and labels no sum. */
const LABEL_MAX = 80;

/** What a totals row is called: in English, Swahili, French, Portuguese, German. */
const TOTAL_LABELS = [
  /^(?:(?:grand|sub|overall|net|gross|department(?:al)?|section|branch|page|column|final|running|payroll|monthly|sheet|report)[ -]?)*totals?\b/,
  /\b(?:sub-?)?totals?\s*(?:\(.*\))?\s*[:=.]*$/,
  /^jumla\b/,
  /\bjumla(?: kuu| ndogo)?\s*[:=.]*$/,
  /^(?:sous[ -]?total|somme|montant total|total g[ée]n[ée]ral|total geral|soma|suma|sum(?: total)?)\b(?! of (?:the )?\w+ only)/,
  /^(?:gesamt|gesamt(?:summe|betrag)|zwischensumme|summe)\b/,
  /^(?:balance |amount |total )?(?:[cb]\/[fd]\b|(?:carried|brought) (?:forward|down)\b)/,
];

const PEOPLE =
  '(?:employees?|staff|workers?|persons?|people|payees?|payments?|records?|rows?|entries|beneficiar(?:y|ies)|members?|recipients?|wafanyakazi|watu|employ[ée]s|salariés|empregados|trabalhadores)';

/** What a row is called that says how many people there are. */
const COUNT_LABELS = [
  new RegExp(
    `\\b(?:no\\.?|nos\\.?|number|count|headcount|idadi|nombre|effectif|n[úu]mero)\\s*(?:of|ya|de|d')?\\s*${PEOPLE}\\b`,
  ),
  new RegExp(`^total ${PEOPLE}\\b`),
  /^head ?count\b/,
];

const COUNT_IN_TEXT = new RegExp(`\\b(\\d{1,7}) ${PEOPLE}\\b`);

/** Whether a cell labels a sum. */
export function isTotalLabel(cell: string): boolean {
  const text = foldHeader(cell);
  return text.length <= LABEL_MAX && TOTAL_LABELS.some((label) => label.test(text));
}

/** Whether a cell labels a sum and holds nothing else, so that it is no name such as "Total Kamau". */
export function isTotalAlone(label: string): boolean {
  return /^(?:(?:(?:grand|sub|overall|net|gross)[ -]?)*totals?|jumla(?: kuu| ndogo)?|somme|(?:sous[ -]?)?total(?: g[ée]n[ée]ral| geral)?|(?:gesamt|zwischen)?summe|gesamt(?:betrag)?)\s*[:.=]*$/.test(
    foldHeader(label),
  );
}

/** Words of totals rows that are part of no name of a person or a company. */
const WORDS_OF_SUMS = new RegExp(
  '^(?:grand|sub|subtotals?|totals?|overall|net|gross|department(?:al)?|dept|section|branch|page|column|final|running|payroll|monthly|sheet|report|' +
    'sum|amounts?|balance|pay|payable|paid|payout|salar(?:y|ies)|wages?|earnings|deductions?|number|nos?|due|figures|words|disburse(?:d|ments?)|\\p{L}|headcount|head|count|in|of|for|the|and|all|to|per|carried|brought|forward|down|[cb]/[fd]|' +
    'month|week|year|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|' +
    'jumla|kuu|ndogo|ya|wa|za|idadi|mshahara|mishahara|malipo|somme|sous|montant|g[ée]n[ée]ral|geral|soma|suma|nombre|de|des|effectif|n[úu]mero|d|gesamt|gesamtsumme|gesamtbetrag|zwischensumme|summe|' +
    `kes|ksh|kshs|ugx|ush|tzs|tsh|rwf|ngn|ghs|zmw|usd|xof|xaf|${PEOPLE}|\\p{Nd}+)$`,
  'u',
);

/** Whether a cell holds what a totals row is called, and nothing that may be a name: `Total net pay (KES)`, no `Total Energies`. */
export function isLabelOfSumAlone(cell: string): boolean {
  return foldHeader(cell)
    .split(/[^\p{L}\p{M}\p{Nd}/]+/u)
    .every((word) => word === '' || word === '/' || WORDS_OF_SUMS.test(word));
}

/** A label without what stands behind its dash or colon, such as the department in `Sub-total: Farm`. */
export function labelBeforeDash(cell: string): string {
  return cell.replace(/(?:\s[-–—]\s?|[-–—]\s|:)(?=.*\p{L}).*$/su, '');
}

/** Whether a label is of the sum of all payments, and not of some. */
export function isGrandTotal(label: string): boolean {
  return /\b(?:grand|overall|final|g[ée]n[ée]ral|geral|kuu)\b/.test(foldHeader(label));
}

/** Whether a cell labels a number of people. */
export function isCountLabel(cell: string): boolean {
  const text = foldHeader(cell);
  return text.length <= LABEL_MAX && COUNT_LABELS.some((label) => label.test(text));
}

/** The number of people in a text such as `TOTAL (5 employees)` or `Number of employees: 5`; null where there is none. */
export function countInLabel(cell: string): number | null {
  const text = foldHeader(cell);
  const [, count] =
    COUNT_IN_TEXT.exec(text) ?? (isCountLabel(cell) ? (/(?:^|[\s:=-])(\d{1,7})$/.exec(text) ?? []) : []);
  return count === undefined ? null : Number(count);
}

/** How lines begin that are signed, dated or printed around payments, in English, Swahili, French and Portuguese. */
const REMARKS = [
  /^(?:prepared|checked|approved|authori[sz]ed|verified|reviewed|certified|signed|received|confirmed|witnessed|processed|compiled|audited|posted|printed|generated|issued|submitted|recommended|entered|paid)(?: and \w+)?(?: for payment)?(?: (?:by|on|at)\b|\s*[:._]|$)/,
  /^(?:signatures?|sign|sig|stamp|official stamp|bank stamp|date|name|designation|title|position|notes?|n\.?b\.?|remarks?|comments?|page|end of (?:the )?(?:report|payroll|list|sheet)|for and on behalf|amount in words|in words|for official use|official use)\b\s*(?:$|[:._\-\d(]|of\b|only\b)/,
  /^(?:(?:hr|human resources?|finance|accounts?|payroll|general|managing|chief|executive|operations|deputy|assistant)\s+)*(?:manager|director|officer|accountant|clerk|cashier|auditor|treasurer|chair(?:man|person)|secretary|bursar|principal|ceo|cfo)\b\s*(?:$|[:._-])/,
  /^(?:imeandaliwa|imeandikwa|imekaguliwa|imeidhinishwa|imethibitishwa|imepitishwa|imelipwa)\b/,
  /^(?:sahihi|saini|tarehe|jina|cheo|muhuri)\b\s*(?:$|[:._\-\d])/,
  /^(?:pr[ée]par|v[ée]rifi|approuv|autoris|[ée]tabli|contr[ôo]l|certifi|vis|sign)[ée]?e? par\b/,
  /^(?:fait [àa]|le directeur|le comptable|cachet)\b/,
  /^(?:elaborad|preparad|verificad|aprovad|autorizad|assinad|conferid)[oa] por\b/,
  /^(?:assinatura|carimbo|data)\b\s*(?:$|[:._\-\d])/,
  /^[_.\-–—=*\s]{3,}$/,
];

/** Whether a line that begins with this cell is signed, dated or printed around payments. */
export function isRemark(cell: string): boolean {
  const text = foldHeader(cell);
  return REMARKS.some((remark) => remark.test(text));
}

/** Whether a cell is about a person who signs, whose name may stand beside it: `Prepared by`. */
export function isSignature(cell: string): boolean {
  return isRemark(cell) && /(?:\b(?:by|por)\b|^ime\p{L}+\b|\bpar\b)/u.test(foldHeader(cell));
}

/** Whether a cell is the heading of a group of payments. */
export function isHeading(cell: string): boolean {
  return /^(?:departments?|dept|section|branch|division|unit|station|site|depot|cost cent(?:re|er)|team|group|category|location|project|region|idara|kitengo|tawi|d[ée]partement|service|departamento)\b\s*(?:$|[:.\-\d]|\p{L})/u.test(
    foldHeader(cell),
  );
}

/** Whether a text begins with the words of another, and the last of them ends there. */
export function beginsWithWords(text: string, words: string): boolean {
  return (
    text.startsWith(words) &&
    (!/[\p{L}\p{Nd}]$/u.test(words) || !/^['’]?[\p{L}\p{M}\p{Nd}_]/u.test(text.slice(words.length)))
  );
}
