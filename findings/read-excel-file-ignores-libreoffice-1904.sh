#!/usr/bin/env bash
# read-excel-file 9.3.17: in a workbook that counts days from 1904 every date is four years and a day early, if LibreOffice saved it.
#
# A workbook says which of two calendars its days count from. LibreOffice writes this as date1904="true", other programs as
# date1904="1"; the file format takes both for yes. The same day, 28 November 2026, is serial 44892 in both workbooks here.
# Expected: 2026-11-28 twice, as SheetJS 0.18.5 reads the second. Seen: 2022-11-27 for the one that is written as LibreOffice does.
# Whoever pays on the date of such a sheet pays four years late, or not at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund read-excel-file@9.3.17 fflate@0.8.3 xlsx@0.18.5
cat >read.mjs <<'JS'
import { strToU8, zipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';
import XLSX from 'xlsx';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const relations = (...parts) =>
  `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${parts
    .map(([type, target], at) => `<Relationship Id="r${at}" Type="${office}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`;
const type = (part, kind) => `<Override PartName="/xl/${part}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
const workbook = (date1904) => ({
  '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${type('workbook', 'sheet.main')}${type('sheet', 'worksheet')}${type('styles', 'styles')}</Types>`,
  '_rels/.rels': relations(['officeDocument', 'xl/workbook.xml']),
  'xl/_rels/workbook.xml.rels': relations(['worksheet', 'sheet.xml'], ['styles', 'styles.xml']),
  'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr date1904="${date1904}"/><sheets><sheet name="Pay" sheetId="1" r:id="r0"/></sheets></workbook>`,
  'xl/styles.xml': `<styleSheet xmlns="${main}"><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  'xl/sheet.xml': `<worksheet xmlns="${main}"><sheetData><row r="1"><c r="A1" s="1"><v>44892</v></c></row></sheetData></worksheet>`,
});
for (const date1904 of ['1', 'true']) {
  const parts = Object.entries(workbook(date1904)).map(([name, text]) => [name, strToU8(`<?xml version="1.0" encoding="UTF-8"?>${text}`)]);
  const bytes = Buffer.from(zipSync(Object.fromEntries(parts)));
  const [{ data }] = await readExcelFile(bytes);
  const theirs = XLSX.read(bytes);
  const days = theirs.Sheets.Pay.A1.v + (theirs.Workbook.WBProps.date1904 ? 1462 : 0);
  const sheetjs = new Date(Date.UTC(1899, 11, 30) + days * 86_400_000);
  console.log(`date1904="${date1904}" read-excel-file ${data[0][0].toISOString().slice(0, 10)} SheetJS ${sheetjs.toISOString().slice(0, 10)}`);
}
JS
seen=$(node read.mjs)
expected='date1904="1" read-excel-file 2026-11-28 SheetJS 2026-11-28
date1904="true" read-excel-file 2022-11-27 SheetJS 2026-11-28'
echo "$seen"
[ "$seen" = "$expected" ] || { echo "The output has changed; this note needs another look."; exit 1; }
