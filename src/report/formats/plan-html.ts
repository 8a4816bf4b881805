import { destinationText } from '../../domain/destination.ts';
import { formatAmount } from '../../domain/money.ts';
import { Html, markup } from '../html.ts';
import type { PlanDocument, PlanFormat, PlannedRow } from '../plan-document.ts';
import { planSections } from './plan-sections.ts';
import { PLAN_STYLE } from './plan-style.ts';

/** Nothing is loaded and nothing runs, whatever a text in the page may say. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const PLAN_MARK = '<!doctype html>\n<!-- payrun plan 1 -->\n';

/** `plan.html`: what needs somebody, the totals, what people sign, and then every payment. One file, without scripts or requests. */
export const planHtml: PlanFormat = {
  ending: '.html',
  mark: PLAN_MARK,
  open: (document) => ({
    head: `${PLAN_MARK}${pageHead(document).text}`,
    rows: (page) => page.map((row) => paymentRow(row).text).join(''),
    end: '</tbody>\n</table>\n</main>\n</body>\n</html>\n',
  }),
};

function pageHead(document: PlanDocument): Html {
  const { header, count } = document;
  return markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Plan of batch ${header.id}</title>
<style>${new Html(PLAN_STYLE)}</style>
</head>
<body>
<main>
${planSections(document)}
<h2>${count === 1 ? 'The payment' : `All ${count} payments`}</h2>
<table class="rows">
<thead><tr><th class="n">Line</th><th>Id</th><th>Name</th><th>Destination</th><th class="n">Amount</th><th>Account</th><th>Status</th><th>Reference</th></tr></thead>
<tbody>
`;
}

function paymentRow({
  line,
  id,
  name,
  destination,
  amountMinor,
  currency,
  account,
  status,
  reference,
}: PlannedRow): Html {
  const amount = `${formatAmount(amountMinor, currency)} ${currency}`;
  const where = `${destination.kind} ${destinationText(destination)}`;
  return markup`<tr><td class="n quiet">${line}</td><td>${id}</td><td>${name}</td><td>${where}</td><td class="n">${amount}</td><td class="quiet">${account}</td><td>${status}</td><td class="quiet"><code>${reference}</code></td></tr>
`;
}
