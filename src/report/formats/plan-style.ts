/** The looks of plan.html: one column on a phone, a page on paper, light or dark as the reader has it. */
export const PLAN_STYLE = `
:root { color-scheme: light dark; --ink: #1d2327; --soft: #56606a; --page: #fff; --band: #f3f5f7; --line: #d5dade;
  --need: #8a3b00; --need-band: #fdf3e7; --need-line: #e0a66a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a5afb8; --page: #14181b; --band: #1e2428; --line: #39424a;
  --need: #ffc48a; --need-band: #2d2116; --need-line: #8a5a2b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
p, ul { margin: .25rem 0; }
ul { padding-left: 1.2rem; }
li { margin: .35rem 0; }
code { font: .92em/1.5 ui-monospace, monospace; }
.soft { color: var(--soft); }
.needs { margin: 1.25rem 0; padding: .75rem 1rem; border: 1px solid var(--need-line); border-left-width: .4rem; background: var(--need-band); }
.needs h2 { margin: 0 0 .25rem; color: var(--need); }
.sums { display: flex; flex-wrap: wrap; gap: .5rem 2.5rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.sums li { margin: 0; }
.sums strong { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; line-height: 1.3; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; unicode-bidi: isolate; }
thead th { color: var(--soft); font-weight: 600; }
.n { text-align: right; white-space: nowrap; }
.sign { margin: 1.5rem 0; padding: 1rem; border: 1px solid var(--line); background: var(--band); }
.sign h2 { margin-top: 0; }
.sign dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 2.2rem 2rem; margin: 2rem 0 0; }
.sign dt { border-top: 1px solid var(--ink); padding-top: .2rem; color: var(--soft); }
.scroll { overflow-x: auto; }
@media screen and (max-width: 44rem) {
  body { padding: 1rem; }
  .rows thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .rows tr { display: grid; grid-template: "id amount" "name name" "to to" "account status" "reference line" / 1fr auto;
    gap: 0 1rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .rows td { border: 0; padding: 0; }
  .rows td:nth-child(1) { grid-area: line; }
  .rows td:nth-child(1)::before { content: "line "; }
  .rows td:nth-child(2) { grid-area: id; }
  .rows td:nth-child(3) { grid-area: name; }
  .rows td:nth-child(4) { grid-area: to; }
  .rows td:nth-child(5) { grid-area: amount; }
  .rows td:nth-child(6) { grid-area: account; }
  .rows td:nth-child(7) { grid-area: status; text-align: right; }
  .rows td:nth-child(8) { grid-area: reference; }
  .rows .quiet { color: var(--soft); font-size: .9rem; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --page: #fff; --band: #fff; --line: #bbb; --need: #000; --need-band: #fff; --need-line: #000; }
  @page { margin: 14mm 12mm; }
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  h2 { break-after: avoid; }
  tr, .sign, .needs li { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;
